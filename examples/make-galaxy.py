# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes galaxy.blend: a turning spiral galaxy, 48 frames of 640x360 for Cycles.

Run:  blender -b --factory-startup --python examples/make-galaxy.py -- examples/galaxy.blend

Nothing in the scene is lit: every shader only emits light or dims what is behind it, so no ray ever
bounces and three samples give a clean picture without a denoiser. Stars are geometry nodes points,
drawn by Cycles as spheres that fade towards their rim; gas and dust are one flat disc. What changes
slowly over the disc is computed once per vertex by its geometry nodes, and only the fine filaments
per sample by its shader: node arithmetic, not noise, is what costs time there. Nothing is stored but
rules and seeds, which keeps the file small.

One unit is about ten thousand light years. Angles are radians unless a name says degrees.
"""

import math
import os
import sys

import bpy

FRAMES = 48
DISC_RADIUS, DISC_HOLE = 5.2, 0.05
DISC_QUADS = 112, 80  # around and outwards
BULGE_RADIUS = 0.42
BULGE_STRETCH = (1.0, 1.0, 1.7)  # of the view through it, which looks like a flattened bulge
WIND = 3.1  # how tightly the arms wind: radians of turn per e-fold of distance from the centre
TURN_DEGREES = -44.0  # of the whole galaxy over the film; negative, so that the arms trail

WARM = (1.0, 0.62, 0.30)
CREAM = (1.0, 0.86, 0.66)
BLUE = (0.22, 0.46, 1.0)
VIOLET = (0.42, 0.36, 0.80)
PINK = (1.0, 0.10, 0.28)


# --- Arithmetic on node sockets ------------------------------------------------------------------


class Number:
    """A number flowing through a node tree; arithmetic on it adds Math nodes."""

    def __init__(self, tree, socket):
        self.tree = tree
        self.socket = socket

    def math(self, operation, *others, clamp=False):
        """A Math node of this operation, with this number first and the others after it."""
        node = self.tree.nodes.new("ShaderNodeMath")
        node.operation = operation
        node.use_clamp = clamp
        for socket, value in zip(node.inputs, (self, *others)):
            feed(self.tree, socket, value)
        return Number(self.tree, node.outputs[0])

    def __add__(self, other):
        return self.math("ADD", other)

    def __sub__(self, other):
        return self.math("SUBTRACT", other)

    def __mul__(self, other):
        return self.math("MULTIPLY", other)

    def __truediv__(self, other):
        return self.math("DIVIDE", other)

    def __pow__(self, other):
        return self.math("POWER", other)

    def __neg__(self):
        return self * -1.0

    def cos(self):
        return self.math("COSINE")

    def sin(self):
        return self.math("SINE")

    def log(self):
        return self.math("LOGARITHM", math.e)

    def exp(self):
        return self.math("EXPONENT")

    def sqrt(self):
        return self.math("SQRT")

    def abs(self):
        return self.math("ABSOLUTE")

    def clamp(self):
        """This number, kept between 0 and 1."""
        return self.math("ADD", 0.0, clamp=True)

    def ramp(self, start, end):
        """0 at `start`, 1 at `end`, smooth between; `start` may be the larger."""
        node = self.tree.nodes.new("ShaderNodeMapRange")
        node.interpolation_type = "SMOOTHSTEP"
        low, high = (start, end) if start < end else (end, start)
        for name, value in (("Value", self), ("From Min", low), ("From Max", high)):
            feed(self.tree, node.inputs[name], value)
        rising = Number(self.tree, node.outputs["Result"])
        return rising if start < end else rising.math("MULTIPLY_ADD", -1.0, 1.0)


class Vector:
    """A point, direction or linear colour flowing through a node tree."""

    def __init__(self, tree, socket):
        self.tree = tree
        self.socket = socket

    def math(self, operation, *others):
        """A Vector Math node of this operation, with this vector first."""
        node = self.tree.nodes.new("ShaderNodeVectorMath")
        node.operation = operation
        inputs = (node.inputs[0], node.inputs["Scale"]) if operation == "SCALE" else node.inputs
        for socket, value in zip(inputs, (self, *others)):
            feed(self.tree, socket, value)
        return node

    def __add__(self, other):
        return Vector(self.tree, self.math("ADD", other).outputs["Vector"])

    def __mul__(self, other):
        """By a number: longer or brighter. By a vector or colour: part by part."""
        scales = isinstance(other, (Number, float))
        node = self.math("SCALE" if scales else "MULTIPLY", other)
        return Vector(self.tree, node.outputs["Vector"])

    def cross(self, other):
        return Vector(self.tree, self.math("CROSS_PRODUCT", other).outputs["Vector"])

    def dot(self, other):
        return Number(self.tree, self.math("DOT_PRODUCT", other).outputs["Value"])

    def length(self):
        return Number(self.tree, self.math("LENGTH").outputs["Value"])

    def parts(self):
        """The three numbers x, y and z."""
        node = self.tree.nodes.new("ShaderNodeSeparateXYZ")
        feed(self.tree, node.inputs[0], self)
        return [Number(self.tree, socket) for socket in node.outputs]


def feed(tree, socket, value):
    """Links a Number or Vector to an input, or writes a constant into it."""
    if isinstance(value, (Number, Vector)):
        tree.links.new(value.socket, socket)
    else:
        socket.default_value = value


def vector(tree, x, y, z):
    """A Vector of three numbers."""
    node = tree.nodes.new("ShaderNodeCombineXYZ")
    for socket, value in zip(node.inputs, (x, y, z)):
        feed(tree, socket, value)
    return Vector(tree, node.outputs[0])


def colour(tree, rgb):
    """A constant linear colour."""
    return vector(tree, *rgb)


def blend(first, second, amount):
    """From `first` (amount 0) to `second` (amount 1)."""
    return first * (amount * -1.0 + 1.0) + second * amount


# --- Materials -----------------------------------------------------------------------------------


def new_material(name):
    """An empty material that is seen but lights nothing else."""
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    material.cycles.sample_as_light = False
    material.node_tree.nodes.clear()
    return material


def glow_through(tree, light, veil=None):
    """Ends a shader: adds `light` to what is behind, dimmed by the colour `veil` if given."""
    emission = tree.nodes.new("ShaderNodeEmission")
    transparent = tree.nodes.new("ShaderNodeBsdfTransparent")
    add = tree.nodes.new("ShaderNodeAddShader")
    output = tree.nodes.new("ShaderNodeOutputMaterial")
    feed(tree, emission.inputs["Color"], light)
    feed(tree, transparent.inputs["Color"], veil or (1.0, 1.0, 1.0, 1.0))
    tree.links.new(emission.outputs[0], add.inputs[0])
    tree.links.new(transparent.outputs[0], add.inputs[1])
    tree.links.new(add.outputs[0], output.inputs["Surface"])


def attribute(tree, name):
    """A vector that geometry nodes stored under this name."""
    node = tree.nodes.new("ShaderNodeAttribute")
    node.attribute_name = name
    return Vector(tree, node.outputs["Vector"])


def bulge_light(tree):
    """Half the light of a flattened ball of old stars, brightest where the view passes its centre."""
    place = Vector(tree, tree.nodes.new("ShaderNodeTexCoord").outputs["Object"])
    transform = tree.nodes.new("ShaderNodeVectorTransform")
    transform.vector_type = "VECTOR"
    transform.convert_from, transform.convert_to = "WORLD", "OBJECT"
    incoming = Vector(tree, tree.nodes.new("ShaderNodeNewGeometry").outputs["Incoming"])
    feed(tree, transform.inputs[0], incoming)
    stretched = (Vector(tree, transform.outputs[0]) * BULGE_STRETCH).math("NORMALIZE")
    miss = Vector(tree, stretched.outputs[0]).cross(place)
    core = (miss.dot(miss) * (1 / BULGE_RADIUS**2) + 1.0) ** -1.6
    return colour(tree, WARM) * (core * 0.95) + colour(tree, CREAM) * (core**3.0 * 2.0)


def disc_material():
    """Gas and dust: what the disc stores, broken into filaments, and the bulge, cut in halves.

    Every view through the bulge meets the disc, so both are drawn here at the cost of one surface:
    the near half of the bulge shines over the dust, its far half through it.
    """
    material = new_material("Gas and dust")
    tree = material.node_tree
    along = attribute(tree, "along")
    filaments = noise(tree, along, 3.4, 4.0, 0.62)
    threads = noise(tree, along, 7.5, 3.0, 0.6)
    lane, vein, nursery = attribute(tree, "places").parts()

    ridges = (threads - 0.5).abs().ramp(0.13, 0.0)
    clear = (lane * filaments.ramp(0.32, 0.66) + vein * ridges).math("MULTIPLY", -1.0).exp()
    veil = vector(tree, clear**0.8, clear, clear**1.25)  # dust lets red through

    light = attribute(tree, "old") + attribute(tree, "gas") * filaments.ramp(0.28, 0.78)
    light = light + colour(tree, PINK) * (nursery * threads.ramp(0.55, 0.72))
    near = bulge_light(tree)
    glow_through(tree, near + (light + near) * veil, veil)
    return material


def star_material(name, sharpness):
    """Points that fade to nothing at their rim, in the colour of their attribute `glow`."""
    material = new_material(name)
    tree = material.node_tree
    geometry = tree.nodes.new("ShaderNodeNewGeometry")
    facing = Vector(tree, geometry.outputs["Normal"]).dot(Vector(tree, geometry.outputs["Incoming"]))
    glow_through(tree, attribute(tree, "glow") * (facing.abs() ** (2.0 * sharpness)))
    return material


# --- Geometry by rule ----------------------------------------------------------------------------


def new_ruled_object(name, material, rule):
    """An object whose geometry nodes make everything; `rule(tree)` returns the geometry socket."""
    tree = bpy.data.node_groups.new(name, "GeometryNodeTree")
    tree.outputs.new("NodeSocketGeometry", "Geometry")
    dress = tree.nodes.new("GeometryNodeSetMaterial")
    output = tree.nodes.new("NodeGroupOutput")
    dress.inputs["Material"].default_value = material
    tree.links.new(rule(tree), dress.inputs["Geometry"])
    tree.links.new(dress.outputs[0], output.inputs[0])
    thing = new_object(name, bpy.data.meshes.new(name))
    thing.modifiers.new("Rule", "NODES").node_group = tree
    return thing


def store(tree, geometry, name, value):
    """Stores a vector on every point of a geometry, for its material to read; returns the socket."""
    node = tree.nodes.new("GeometryNodeStoreNamedAttribute")
    node.data_type, node.domain = "FLOAT_VECTOR", "POINT"
    node.inputs["Name"].default_value = name
    tree.links.new(geometry, node.inputs["Geometry"])
    feed(tree, node.inputs["Value"], value)
    return node.outputs[0]


def noise(tree, position, scale, detail, roughness=0.55):
    """Fractal noise, about 0.2 to 0.8 around 0.5."""
    node = tree.nodes.new("ShaderNodeTexNoise")
    for name, value in (("Vector", position), ("Scale", scale), ("Detail", detail)):
        feed(tree, node.inputs[name], value)
    node.inputs["Roughness"].default_value = roughness
    return Number(tree, node.outputs["Fac"])


def disc(tree):
    """A disc of quads that stores, for its material, all that changes slowly from place to place.

    `old` and `gas` are the light of old stars and of the arms; `places` says how much there may be of
    dust lanes, of dust veins and of pink nurseries; `along` are coordinates in which the spiral is
    unwound, so that noise over them runs along the arms.
    """
    grid = tree.nodes.new("GeometryNodeMeshGrid")
    grid.inputs["Size X"].default_value = grid.inputs["Size Y"].default_value = 1.0
    grid.inputs["Vertices X"].default_value, grid.inputs["Vertices Y"].default_value = DISC_QUADS
    across, out, _ = Vector(tree, tree.nodes.new("GeometryNodeInputPosition").outputs[0]).parts()
    turn = across * (2 * math.pi)
    r = (out * math.log(DISC_RADIUS / DISC_HOLE)).exp() * math.sqrt(DISC_RADIUS * DISC_HOLE)
    place = vector(tree, turn.cos(), turn.sin(), 0.0)
    clouds = noise(tree, place * r, 1.7, 4.0)
    unwound = turn - r.log() * WIND
    along = vector(tree, unwound.cos(), unwound.sin(), r.log() * 1.1)

    angle = (unwound + (clouds - 0.5) * 1.7) * 2.0
    great = (angle.cos() * 0.5 + 0.5) ** 2.4
    lesser = ((angle + 2.6).cos() * 0.5 + 0.5) ** 4.0
    lane = ((angle + 1.15).cos() * 0.5 + 0.5) ** 2.5
    rim = r.ramp(DISC_RADIUS, 2.2)
    fall = (r * -0.5).exp() * rim

    hue = blend(colour(tree, CREAM), colour(tree, BLUE), r.ramp(0.4, 1.9))
    gas = (great + lesser * 0.35) * clouds.ramp(0.18, 0.72) * r.ramp(0.15, 1.3) * fall
    old = colour(tree, WARM) * ((r * -1.15).exp() * rim * 0.42)
    old = old + colour(tree, VIOLET) * (fall * clouds * 0.10)
    dusty = r.ramp(0.18, 0.9) * r.ramp(4.6, 1.6)
    nursery = great * r.ramp(0.7, 1.5) * fall
    places = vector(tree, lane * dusty * 1.9, (great + 0.3) * dusty * 0.9, nursery * 1.1)

    geometry = grid.outputs[0]
    for name, value in (("old", old), ("gas", hue * (gas * 7.5)), ("places", places), ("along", along)):
        geometry = store(tree, geometry, name, value)
    move = tree.nodes.new("GeometryNodeSetPosition")
    tree.links.new(geometry, move.inputs["Geometry"])
    feed(tree, move.inputs["Position"], place * (r - DISC_HOLE))  # draws the innermost ring together
    return move.outputs[0]


class Dice:
    """Random numbers for each point, each roll another seed."""

    def __init__(self, tree, seed):
        self.tree = tree
        self.seed = seed

    def roll(self, low=0.0, high=1.0):
        """An even random number between the two."""
        node = self.tree.nodes.new("FunctionNodeRandomValue")
        node.data_type = "FLOAT"
        node.inputs[2].default_value = low
        node.inputs[3].default_value = high
        self.seed += 1
        node.inputs["Seed"].default_value = self.seed
        return Number(self.tree, node.outputs[1])

    def spread(self, width):
        """A bell-shaped random number around 0; `width` is its standard deviation."""
        return (self.roll(-1.0) + self.roll(-1.0) + self.roll(-1.0)) * width


def points(count, rule):
    """The rule for `count` points; `rule(tree)` gives their position, radius and linear colour."""

    def build(tree):
        node = tree.nodes.new("GeometryNodePoints")
        position, radius, glow = rule(tree)
        node.inputs["Count"].default_value = count
        feed(tree, node.inputs["Position"], position)
        feed(tree, node.inputs["Radius"], radius)
        return store(tree, node.outputs[0], "glow", glow)

    return build


def on_arm(tree, dice, inner, reach, scatter, height):
    """A place near one of the two great arms, and its distance from the centre.

    From `inner` outwards their number rises, is greatest `reach` units further and fades slowly.
    `scatter` in radians and `height` in units are standard deviations from the middle of the arm.
    """
    r = (dice.roll(0.03) * dice.roll(0.03)).log() * -reach + inner
    arm = dice.roll().math("ROUND") * math.pi
    angle = r.log() * WIND + arm + dice.spread(scatter)
    return vector(tree, r * angle.cos(), r * angle.sin(), dice.spread(height)), r


def disc_stars(tree):
    """The many: along and between the arms, warm inside and blue outside, few bright ones."""
    dice = Dice(tree, 100)
    place, r = on_arm(tree, dice, 0.35, 1.0, 0.55, 0.05)
    bright = dice.roll() ** 26.0
    warmth = (dice.roll() + r.ramp(2.4, 0.4)).ramp(0.75, 1.1)
    hue = blend(colour(tree, (0.55, 0.74, 1.0)), colour(tree, (1.0, 0.68, 0.40)), warmth)
    return place, bright * 0.035 + 0.025, hue * (bright * 3.0 + dice.roll() ** 4.0 * 0.5 + 0.04)


def clusters(tree):
    """Soft blue clouds of unresolved stars: they give the arms their thickness."""
    dice = Dice(tree, 200)
    place, r = on_arm(tree, dice, 0.8, 0.75, 0.2, 0.06)
    size = dice.roll() ** 2.0
    hue = blend(colour(tree, CREAM), colour(tree, BLUE), r.ramp(0.6, 2.0))
    return place, size * 0.2 + 0.07, hue * ((r * -0.45).exp() * dice.roll(0.06, 0.35))


def nebulae(tree):
    """Knots of glowing hydrogen on the arms."""
    dice = Dice(tree, 300)
    place, r = on_arm(tree, dice, 0.9, 0.75, 0.12, 0.03)
    size = dice.roll() ** 3.0
    hue = blend(colour(tree, PINK), colour(tree, (1.0, 0.25, 0.55)), dice.roll())
    return place, (size * 0.08 + 0.038) * r.ramp(3.9, 2.4), hue * (dice.roll() ** 2.0 * 0.9 + 0.15)


def core_stars(tree):
    """A swarm of old warm stars around the centre."""
    dice = Dice(tree, 400)
    place = vector(tree, dice.spread(0.45), dice.spread(0.45), dice.spread(0.25))
    bright = dice.roll() ** 6.0
    return place, bright * 0.012 + 0.022, colour(tree, CREAM) * (bright * 1.2 + 0.12)


def far_stars(tree):
    """The background: a patch of sky 100 units away, on the far side of local -Z."""
    dice = Dice(tree, 500)
    across, up = dice.roll(-0.75, 0.75), dice.roll(-0.55, 0.55)
    place = vector(tree, across * 100.0, up * 100.0, -100.0)
    bright = dice.roll() ** 12.0
    hue = blend(colour(tree, (0.65, 0.78, 1.0)), colour(tree, (1.0, 0.80, 0.60)), dice.roll())
    return place, bright * 0.2 + 0.15, hue * (bright * 3.0 + dice.roll() ** 3.0 * 0.3 + 0.03)


# --- The scene -----------------------------------------------------------------------------------


def empty_scene():
    """The factory scene without its cube, lamp, camera and unused data."""
    for thing in list(bpy.data.objects):
        bpy.data.objects.remove(thing)
    bpy.ops.outliner.orphans_purge(do_recursive=True)
    return bpy.context.scene


def new_object(name, data=None, parent=None):
    """An object in the scene; without data it is an empty."""
    thing = bpy.data.objects.new(name, data)
    thing.parent = parent
    bpy.context.collection.objects.link(thing)
    return thing


def add_galaxy():
    """The whole galaxy under one empty, which turns it."""
    turn = new_object("Galaxy")
    point, cloud = star_material("Star", 4.0), star_material("Cloud", 2.2)
    for name, material, rule in (
        ("Disc", disc_material(), disc),
        ("Disc stars", point, points(5500, disc_stars)),
        ("Core stars", point, points(400, core_stars)),
        ("Clusters", cloud, points(140, clusters)),
        ("Nebulae", cloud, points(260, nebulae)),
    ):
        new_ruled_object(name, material, rule).parent = turn
    return turn


def add_camera(scene):
    """A tilted camera on an arm whose pivot stands in the centre of the galaxy."""
    pivot = new_object("Camera arm")
    data = bpy.data.cameras.new("Camera")
    data.lens = 42.0
    data.clip_end = 500.0
    camera = new_object("Camera", data, pivot)
    camera.location = (0.0, 0.0, 11.6)
    scene.camera = camera
    return pivot, camera


def curves_of(action):
    """The curves of an action; from Blender 5.0 on they lie in layers."""
    if hasattr(action, "fcurves"):
        return list(action.fcurves)
    bags = [bag for layer in action.layers for strip in layer.strips for bag in strip.channelbags]
    return [curve for bag in bags for curve in bag.fcurves]


def animate(thing, path, first, last):
    """Moves a property evenly from `first` to `last` over the film."""
    for frame, value in ((1, first), (FRAMES, last)):
        setattr(thing, path, value)
        thing.keyframe_insert(path, frame=frame)
    for curve in curves_of(thing.animation_data.action):
        for key in curve.keyframe_points:
            key.interpolation = "LINEAR"


def degrees(*angles):
    """Euler angles given in degrees."""
    return tuple(math.radians(angle) for angle in angles)


def set_up_render(scene):
    """Cycles without bounces or denoiser; PNG files beside the .blend."""
    render, cycles = scene.render, scene.cycles
    scene.frame_start, scene.frame_end = 1, FRAMES
    render.engine = "CYCLES"
    render.fps, render.fps_base = 24, 1.0
    render.resolution_x, render.resolution_y, render.resolution_percentage = 640, 360, 100
    render.filepath = "//frames/galaxy_####"
    render.image_settings.file_format = "PNG"
    render.image_settings.color_mode = "RGB"
    render.image_settings.color_depth = "8"
    cycles.device = "CPU"
    cycles.samples = 3
    cycles.seed = 7
    cycles.use_adaptive_sampling = False
    cycles.use_denoising = False
    cycles.max_bounces = cycles.diffuse_bounces = cycles.glossy_bounces = 0
    cycles.transmission_bounces = cycles.volume_bounces = 0
    cycles.transparent_max_bounces = 64
    cycles.pixel_filter_type = "BLACKMAN_HARRIS"
    cycles.filter_width = 1.6
    scene.view_settings.view_transform = "Filmic"
    scene.view_settings.look = "Medium High Contrast"


def set_sky(scene):
    """Almost black, a little blue."""
    world = bpy.data.worlds.new("Sky")
    world.use_nodes = True
    background = world.node_tree.nodes["Background"]
    background.inputs["Color"].default_value = (0.0012, 0.0016, 0.0035, 1.0)
    world.cycles.sampling_method = "NONE"
    scene.world = world


def make(path):
    """Builds the scene and saves it, compressed, at `path`."""
    scene = empty_scene()
    set_sky(scene)
    turn = add_galaxy()
    pivot, camera = add_camera(scene)
    sky = new_ruled_object("Far stars", bpy.data.materials["Star"], points(1800, far_stars))
    sky.rotation_euler = degrees(55, 0, 0)
    animate(turn, "rotation_euler", degrees(0, 0, 20), degrees(0, 0, 20 + TURN_DEGREES))
    animate(pivot, "rotation_euler", degrees(58, 0, -5), degrees(52, 0, 5))
    camera.rotation_euler = degrees(0, 0, -16)
    set_up_render(scene)
    bpy.context.preferences.filepaths.save_version = 0
    bpy.ops.wm.save_as_mainfile(filepath=path, compress=True, relative_remap=False)


if __name__ == "__main__":
    make(os.path.abspath(sys.argv[sys.argv.index("--") + 1]))
