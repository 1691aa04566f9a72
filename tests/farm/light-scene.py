"""A scene of light from dark to far beyond white, with the view transform, look, exposure and gamma of an artist."""

import sys

import bpy

out = sys.argv[sys.argv.index("--") + 1]
scene = bpy.context.scene
render = scene.render
render.engine = "CYCLES"
scene.cycles.samples = 1
scene.cycles.use_denoising = False
scene.cycles.device = "CPU"
render.resolution_x, render.resolution_y, render.resolution_percentage = 64, 48, 100
scene.frame_start, scene.frame_end = 1, 2
view = scene.view_settings
view.view_transform = "Filmic"
view.look = "High Contrast"
view.exposure = 0.7
view.gamma = 1.1
for light in [one for one in bpy.data.objects if one.type in ("LIGHT", "MESH")]:
    bpy.data.objects.remove(light)

# The sky alone: a ramp over the window from nothing to 20 times white, the same in each pixel whatever the samples.
nodes = scene.world.node_tree.nodes
links = scene.world.node_tree.links
coordinate = nodes.new("ShaderNodeTexCoord")
parts = nodes.new("ShaderNodeSeparateXYZ")
links.new(coordinate.outputs["Window"], parts.inputs[0])
power = nodes.new("ShaderNodeMath")
power.operation = "POWER"
power.inputs[0].default_value = 1e4
links.new(parts.outputs["X"], power.inputs[1])
strength = nodes.new("ShaderNodeMath")
strength.operation = "MULTIPLY"
strength.inputs[1].default_value = 0.002
links.new(power.outputs[0], strength.inputs[0])
background = nodes["Background"]
links.new(strength.outputs[0], background.inputs["Strength"])
background.inputs["Color"].default_value = (1, 0.6, 0.25, 1)

settings = render.image_settings
settings.file_format = "OPEN_EXR"
settings.color_mode = "RGB"
settings.color_depth = "32"
bpy.ops.wm.save_as_mainfile(filepath=out + "/light.blend")
