"""Makes the scenes of equality.test.ts: blender -b --factory-startup --python this.py -- FOLDER"""

import math
import sys

import bpy

folder = sys.argv[sys.argv.index("--") + 1]
LAST = 6


def start(engine="BLENDER_WORKBENCH"):
    bpy.ops.wm.read_factory_settings(use_empty=False)
    scene = bpy.context.scene
    scene.render.engine = engine
    scene.frame_start, scene.frame_end = 1, LAST
    scene.render.resolution_x, scene.render.resolution_y = 64, 36
    scene.render.resolution_percentage = 100
    scene.cycles.samples = 4
    scene.cycles.use_denoising = scene.cycles.use_adaptive_sampling = False
    scene.eevee.taa_render_samples = 2
    return scene


def cube():
    return bpy.data.objects["Cube"]


def keyed(owner, name, first, last, index=-1):
    setattr(owner, name, first)
    owner.keyframe_insert(name, frame=1)
    setattr(owner, name, last)
    owner.keyframe_insert(name, frame=LAST)


def shape(object):
    object.shape_key_add(name="Basis")
    key = object.shape_key_add(name="Tall")
    key.data[0].co.z += 2
    keyed(key, "value", 0, 1)


def shapes_and_blur():
    scene = start("CYCLES")
    scene.render.use_motion_blur = scene.cycles.use_animated_seed = True
    shape(cube())
    wave = cube().modifiers.new("Wave", "WAVE")
    wave.height = 0.4
    cube().modifiers.new("Rows", "ARRAY").count = 3
    cube().driver_add("location", 0).driver.expression = "sin(frame) * 0.3"


def volume():
    start("CYCLES")
    fog_of(bpy.data.materials["Material"])


def eevee_volume():
    start("BLENDER_EEVEE")
    fog_of(bpy.data.materials["Material"])


def fog_of(material):
    tree = material.node_tree
    fog = tree.nodes.new("ShaderNodeVolumeScatter")
    tree.nodes.remove(tree.nodes["Principled BSDF"])
    tree.links.new(fog.outputs[0], tree.nodes["Material Output"].inputs["Volume"])
    keyed(fog.inputs["Density"], "default_value", 0.2, 3)


def persistent():
    scene = start("CYCLES")
    scene.render.use_persistent_data = True
    keyed(cube(), "rotation_euler", (0, 0, 0), (1, 2, 3))
    shape(cube())


def hair():
    start("CYCLES")
    cube().modifiers.new("Hair", "PARTICLE_SYSTEM")
    settings = cube().particle_systems[0].settings
    settings.type, settings.count = "HAIR", 50
    keyed(cube(), "rotation_euler", (0, 0, 0), (1, 2, 3))


def pencil():
    start("BLENDER_EEVEE")
    bpy.ops.object.gpencil_add(type="MONKEY", location=(2, 0, 0))
    keyed(bpy.context.object, "rotation_euler", (0, 0, 0), (0, 0, 2))


def freestyle():
    scene = start("BLENDER_EEVEE")
    scene.render.use_freestyle = True
    keyed(cube(), "rotation_euler", (0, 0, 0), (1, 2, 3))


def eevee_changes():
    changes(start("BLENDER_EEVEE"))


def workbench_changes():
    changes(start())


def changes(scene):
    """All that may change from frame to frame: engines that keep what they draw from must notice each of it."""
    scene.eevee.use_bloom = scene.eevee.use_ssr = scene.eevee.use_gtao = scene.eevee.use_soft_shadows = True
    keyed(cube(), "rotation_euler", (0, 0, 0), (1, 2, 3))
    shape(cube())
    cube().modifiers.new("Rows", "ARRAY").count = 2
    keyed(cube().modifiers["Rows"], "count", 1, 3)
    material = bpy.data.materials["Material"]
    keyed(material, "diffuse_color", (1, 0, 0, 1), (0, 1, 0, 1))
    shader = material.node_tree.nodes["Principled BSDF"].inputs
    keyed(shader["Base Color"], "default_value", (1, 0, 0, 1), (0, 1, 1, 1))
    keyed(shader["Roughness"], "default_value", 0.1, 0.9)
    bpy.ops.mesh.primitive_uv_sphere_add(radius=0.6, location=(2, 1, 0.5))
    ball = bpy.context.object
    ball.active_material = material.copy()
    ball.hide_render = True
    ball.keyframe_insert("hide_render", frame=1)
    ball.hide_render = False
    ball.keyframe_insert("hide_render", frame=3)
    keyed(bpy.data.lights["Light"], "energy", 200, 2000)
    keyed(scene.world.node_tree.nodes["Background"].inputs["Strength"], "default_value", 0.1, 2)
    keyed(scene.view_settings, "exposure", 0, 0.5)
    bpy.ops.object.camera_add(location=(0, -9, 1), rotation=(1.5, 0, 0))
    for frame, camera in ((1, bpy.data.objects["Camera"]), (4, bpy.context.object)):
        scene.timeline_markers.new(camera.name, frame=frame).camera = camera
    scene.use_nodes = True
    tree = scene.node_tree
    bright = tree.nodes.new("CompositorNodeBrightContrast")
    tree.links.new(tree.nodes["Render Layers"].outputs["Image"], bright.inputs["Image"])
    tree.links.new(bright.outputs["Image"], tree.nodes["Composite"].inputs["Image"])
    keyed(bright.inputs["Bright"], "default_value", 0, 20)


def seeds():
    """Points scattered anew at each frame. Where boxes share a plane, Workbench shows now one and now the other of them,
    in a plain Blender too; Cycles does not."""
    start("CYCLES")
    tree = bpy.data.node_groups.new("Scatter", "GeometryNodeTree")
    tree.inputs.new("NodeSocketGeometry", "Geometry")
    tree.outputs.new("NodeSocketGeometry", "Geometry")
    nodes, link = tree.nodes, tree.links.new
    start_node, points, boxes, end = (
        nodes.new(kind)
        for kind in (
            "NodeGroupInput",
            "GeometryNodeDistributePointsOnFaces",
            "GeometryNodeInstanceOnPoints",
            "NodeGroupOutput",
        )
    )
    box = nodes.new("GeometryNodeMeshCube")
    box.inputs["Size"].default_value = (0.2, 0.2, 0.2)
    link(start_node.outputs[0], points.inputs["Mesh"])
    link(points.outputs["Points"], boxes.inputs["Points"])
    link(box.outputs[0], boxes.inputs["Instance"])
    link(boxes.outputs[0], end.inputs[0])
    points.inputs["Seed"].driver_add("default_value").driver.expression = "frame"
    cube().modifiers.new("Scatter", "NODES").node_group = tree


def cloth():
    start()
    bpy.ops.mesh.primitive_grid_add(x_subdivisions=10, y_subdivisions=10, size=3, location=(0, 0, 1.2))
    sheet = bpy.context.object
    sheet.modifiers.new("Cloth", "CLOTH")
    # Finer in renders than in the viewport: a simulation that is stepped in the viewport ends elsewhere.
    sheet.modifiers.new("Finer", "SUBSURF").render_levels = 2
    cube().modifiers.new("Hit", "COLLISION")


def cloth_baked():
    cloth()
    bpy.ops.ptcache.bake_all(bake=True)


def rigid():
    start()
    bpy.ops.rigidbody.world_add()
    cube().location.z = 3
    bpy.context.view_layer.objects.active = cube()
    bpy.ops.rigidbody.object_add(type="ACTIVE")


def rigid_baked():
    rigid()
    bpy.ops.ptcache.bake_all(bake=True)


def soft():
    start()
    cube().modifiers.new("Soft", "SOFT_BODY")


def particles():
    start()
    cube().modifiers.new("Sparks", "PARTICLE_SYSTEM")
    settings = cube().particle_systems[0].settings
    settings.count, settings.frame_end, settings.particle_size = 200, LAST, 0.5
    bpy.ops.mesh.primitive_ico_sphere_add(radius=0.3, location=(50, 0, 0))
    settings.render_type, settings.instance_object = "OBJECT", bpy.context.object


def paint():
    start()
    bpy.ops.mesh.primitive_grid_add(x_subdivisions=20, y_subdivisions=20, size=4)
    bpy.ops.object.modifier_add(type="DYNAMIC_PAINT")
    canvas = bpy.context.object.modifiers[-1]
    bpy.ops.dpaint.type_toggle(type="CANVAS")
    canvas.canvas_settings.canvas_surfaces[0].surface_type = "WAVE"
    bpy.context.view_layer.objects.active = cube()
    bpy.ops.object.modifier_add(type="DYNAMIC_PAINT")
    bpy.ops.dpaint.type_toggle(type="BRUSH")
    keyed(cube(), "location", (-2, 0, 0), (2, 0, 0))


KINDS = {
    "any": (
        shapes_and_blur,
        volume,
        eevee_volume,
        eevee_changes,
        workbench_changes,
        persistent,
        hair,
        pencil,
        freestyle,
        seeds,
        cloth_baked,
        rigid_baked,
    ),
    "sequence": (cloth, rigid, soft, particles, paint),
}

for order, kinds in KINDS.items():
    for make in kinds:
        make()
        bpy.ops.wm.save_as_mainfile(filepath="%s/%s.%s.blend" % (folder, make.__name__, order))
