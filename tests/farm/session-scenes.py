"""Makes the small scenes of session.test.ts: blender -b --factory-startup --python this.py -- FOLDER"""

import math
import sys

import bpy

folder = sys.argv[sys.argv.index("--") + 1]


def start(engine):
    """A cube that turns, rises by a driver, and is seen by another camera from frame 4 on."""
    bpy.ops.wm.read_factory_settings(use_empty=False)
    scene = bpy.context.scene
    scene.render.engine = engine
    scene.frame_start, scene.frame_end = 1, 6
    scene.render.resolution_x, scene.render.resolution_y = 96, 54
    scene.render.resolution_percentage = 100
    cube = bpy.data.objects["Cube"]
    cube.keyframe_insert("rotation_euler", frame=1)
    cube.rotation_euler = (1, 2, 1)
    cube.keyframe_insert("rotation_euler", frame=6)
    cube.driver_add("location", 2).driver.expression = "frame * 0.1"
    second = bpy.data.objects.new("Second", bpy.data.cameras.new("Second"))
    second.location, second.rotation_euler = (0, -12, 0), (math.pi / 2, 0, 0)
    scene.collection.objects.link(second)
    scene.timeline_markers.new("A", frame=1).camera = bpy.data.objects["Camera"]
    scene.timeline_markers.new("B", frame=4).camera = second
    return scene


def composite(scene):
    """A blur, and a hue that changes from frame to frame."""
    scene.use_nodes = True
    tree = scene.node_tree
    blur = tree.nodes.new("CompositorNodeBlur")
    blur.size_x = blur.size_y = 4
    hue = tree.nodes.new("CompositorNodeHueSat")
    tree.links.new(tree.nodes["Render Layers"].outputs[0], blur.inputs[0])
    tree.links.new(blur.outputs[0], hue.inputs[0])
    tree.links.new(hue.outputs[0], tree.nodes["Composite"].inputs[0])
    for frame, value in ((1, 0.5), (6, 0.9)):
        hue.inputs["Hue"].default_value = value
        hue.inputs["Hue"].keyframe_insert("default_value", frame=frame)
    return tree


def save(name):
    bpy.ops.wm.save_as_mainfile(filepath="%s/%s.blend" % (folder, name))


start("BLENDER_WORKBENCH")
save("workbench")

scene = start("BLENDER_EEVEE")
scene.eevee.taa_render_samples = 4
scene.eevee.use_motion_blur = True
composite(scene)
save("eevee")

scene = start("CYCLES")
scene.cycles.samples = 8
scene.cycles.use_denoising = False
scene.cycles.use_animated_seed = True
scene.render.use_motion_blur = True
composite(scene)
save("cycles")

scene = start("BLENDER_WORKBENCH")
strips = scene.sequence_editor_create().sequences
strips.new_effect("Green", "COLOR", 1, frame_start=1, frame_end=7).color = (0.2, 0.5, 0.1)
inner = scene.copy()
inner.name = "Inner"
inner.sequence_editor_clear()
over = strips.new_scene("Cube", inner, 2, frame_start=1)
over.blend_type, over.blend_alpha = "ALPHA_OVER", 0.5
save("sequencer")

# Everything that breaks farms, in one file.
scene = start("BLENDER_WORKBENCH")
scene.render.image_settings.file_format = "FFMPEG"
scene.render.use_overwrite = False
scene.render.use_placeholder = True
scene.render.resolution_x, scene.render.resolution_y = 101, 54
scene.render.resolution_percentage = 33
scene.render.use_border = scene.render.use_crop_to_border = True
scene.render.border_min_x, scene.render.border_max_x = 0.13, 0.77
scene.render.border_min_y, scene.render.border_max_y = 0.21, 0.5
tree = composite(scene)
strays = tree.nodes.new("CompositorNodeOutputFile")
strays.base_path = folder + "/strays"
tree.links.new(tree.nodes["Render Layers"].outputs[0], strays.inputs[0])
image = bpy.data.images.new("Poster", 4, 4)
image.source, image.filepath = "FILE", "//textures/poster.png"
bpy.data.materials["Material"].node_tree.nodes.new("ShaderNodeTexImage").image = image
other = scene.copy()
other.name = "Other"
other.render.use_border = False
save("troubled")

scene = start("BLENDER_WORKBENCH")
for marker in scene.timeline_markers:
    marker.camera = None
scene.camera = None
save("no-camera")

scene = start("CYCLES")
scene.cycles.samples = 100_000
scene.cycles.use_denoising = scene.cycles.use_adaptive_sampling = False
scene.render.resolution_percentage = 1000
save("endless")
