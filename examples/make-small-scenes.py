# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the tiny scenes that the tests render into a folder. They are made anew each time, never committed.

Run:  blender -b --factory-startup --python examples/make-small-scenes.py -- /tmp/scenes

All but cycles.blend use Workbench, which needs neither lights nor samples: a frame costs under 10 ms.
"""

import math
import os
import struct
import sys

import bpy

MARK = 123457, 234561  # a first and last frame found nowhere else in a file


def start_scene(width=64, height=36, frames=10):
    """An empty scene for Workbench: size in pixels, frames from 1, 25 a second, PNG beside the .blend."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    render = scene.render
    render.engine = "BLENDER_WORKBENCH"
    render.resolution_x, render.resolution_y, render.resolution_percentage = width, height, 100
    render.fps, render.fps_base = 25, 1.0
    render.filepath = "//frames/frame_####"
    render.image_settings.file_format = "PNG"
    render.image_settings.color_mode = "RGB"
    scene.frame_start, scene.frame_end = 1, frames
    scene.display.shading.color_type = "MATERIAL"
    scene.world = bpy.data.worlds.new("World")
    return scene


def curves_of(action):
    """The curves of an action; from Blender 5.0 on they lie in layers."""
    if hasattr(action, "fcurves"):
        return list(action.fcurves)
    bags = [bag for layer in action.layers for strip in layer.strips for bag in strip.channelbags]
    return [curve for bag in bags for curve in bag.fcurves]


def add_cube():
    """A cube that turns and climbs on every frame from 1 to 10, so that no two frames look alike."""
    bpy.ops.mesh.primitive_cube_add(size=2.0)
    cube = bpy.context.object
    for frame, turn, height in ((1, 0.0, -0.4), (10, 80.0, 0.4)):
        cube.rotation_euler.z = math.radians(turn)
        cube.location.z = height
        cube.keyframe_insert("rotation_euler", frame=frame)
        cube.keyframe_insert("location", frame=frame)
    for curve in curves_of(cube.animation_data.action):
        for key in curve.keyframe_points:
            key.interpolation = "LINEAR"
    material = bpy.data.materials.new("Orange")
    material.diffuse_color = (0.9, 0.35, 0.05, 1.0)
    cube.data.materials.append(material)
    return cube


def add_light():
    """A sun from above; Workbench does not look at it, Cycles does."""
    bpy.ops.object.light_add(type="SUN", rotation=(0.6, 0.3, 0.0))
    bpy.context.object.data.energy = 3.0


def add_camera(scene):
    """A camera that looks down at the origin."""
    bpy.ops.object.camera_add(location=(0.0, -8.5, 3.6), rotation=(math.radians(67), 0.0, 0.0))
    scene.camera = bpy.context.object


def furnish(scene):
    """The cube, the light and the camera; returns the cube."""
    cube = add_cube()
    add_light()
    add_camera(scene)
    return cube


def cube():
    """What every test can rely on: ten different frames of 64x36."""
    furnish(start_scene())


def no_camera():
    """Blender refuses to render it."""
    start_scene()
    add_cube()
    add_light()


def odd():
    """Odd sides, which many movie codecs refuse, at 30000/1001 frames a second."""
    scene = start_scene(65, 37, 5)
    scene.render.fps, scene.render.fps_base = 30, 1.001
    furnish(scene)


def empty_range():
    """Ends (5) before it starts (10). Blender will not set this, only read it: `make_all` writes it."""
    scene = start_scene()
    scene.frame_start, scene.frame_end = MARK
    furnish(scene)


def movie_output():
    """Its output is one movie, which a farm cannot share out."""
    scene = start_scene()
    settings = scene.render.image_settings
    if hasattr(settings, "media_type"):
        settings.media_type = "VIDEO"  # Blender 5.0 asks for that first
    settings.file_format = "FFMPEG"
    scene.render.filepath = "//frames/movie"
    furnish(scene)


def cycles():
    """Six frames for Cycles, four samples each."""
    scene = start_scene(frames=6)
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.samples = 4
    scene.cycles.use_adaptive_sampling = False
    scene.cycles.use_denoising = False
    furnish(scene)


def missing_image():
    """A material wants a picture that is on no disk; Blender renders all the same."""
    scene = start_scene()
    scene.display.shading.color_type = "TEXTURE"
    material = furnish(scene).data.materials[0]
    material.use_nodes = True
    image = bpy.data.images.new("Missing", 8, 8)
    image.source = "FILE"
    image.filepath = "/nowhere/akashganga/missing.png"
    nodes = material.node_tree.nodes
    texture = nodes.new("ShaderNodeTexImage")
    texture.image = image
    material.node_tree.links.new(texture.outputs["Color"], nodes["Principled BSDF"].inputs["Base Color"])


def replace_range(path, old, new):
    """Writes another first and last frame into an uncompressed little-endian file.

    Blender stores them side by side, twice: in the scene and in a summary at the head of the file.
    """
    with open(path, "rb") as file:
        content = file.read()
    assert content.count(struct.pack("<ii", *old)) == 2, "the frame range is not where it was expected"
    with open(path, "wb") as file:
        file.write(content.replace(struct.pack("<ii", *old), struct.pack("<ii", *new)))


def make_all(folder):
    """Writes each scene as `<name>.blend`, with dashes for underscores."""
    os.makedirs(folder, exist_ok=True)
    for build in (cube, no_camera, odd, empty_range, movie_output, cycles, missing_image):
        build()
        bpy.context.preferences.filepaths.save_version = 0
        path = os.path.join(folder, build.__name__.replace("_", "-") + ".blend")
        compress = build is not empty_range
        bpy.ops.wm.save_as_mainfile(filepath=path, compress=compress, relative_remap=False)
    replace_range(os.path.join(folder, "empty-range.blend"), MARK, (10, 5))


if __name__ == "__main__":
    make_all(os.path.abspath(sys.argv[sys.argv.index("--") + 1]))
