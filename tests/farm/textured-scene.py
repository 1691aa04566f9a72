"""Writes FOLDER/shot/textured.blend, six small frames of a plane whose picture lies in FOLDER/textures/wood.png.

Run:  blender -b --factory-startup --python tests/farm/textured-scene.py -- FOLDER
"""

import os
import sys

import bpy

folder = sys.argv[sys.argv.index("--") + 1]
for name in ("shot", "textures"):
    os.makedirs(os.path.join(folder, name), exist_ok=True)

bpy.ops.wm.read_factory_settings(use_empty=True)
scene = bpy.context.scene
picture = bpy.data.images.new("Wood", 8, 8)
picture.generated_color = (0.1, 0.8, 0.2, 1)
picture.filepath_raw, picture.file_format = os.path.join(folder, "textures", "wood.png"), "PNG"
picture.save()

material = bpy.data.materials.new("Wood")
material.use_nodes = True
nodes, links = material.node_tree.nodes, material.node_tree.links
nodes.clear()
texture, light, output = (nodes.new(kind) for kind in ("ShaderNodeTexImage", "ShaderNodeEmission", "ShaderNodeOutputMaterial"))
texture.image = picture
links.new(texture.outputs["Color"], light.inputs["Color"])
links.new(light.outputs["Emission"], output.inputs["Surface"])

bpy.ops.mesh.primitive_plane_add(size=8)
bpy.context.object.data.materials.append(material)
bpy.ops.object.camera_add(location=(0, 0, 5))
scene.camera = bpy.context.object
scene.frame_start, scene.frame_end = 1, 6
scene.render.engine = "CYCLES"
scene.cycles.samples, scene.cycles.use_denoising = 4, False
scene.render.resolution_x, scene.render.resolution_y = 128, 72
scene.render.resolution_percentage = 100
scene.view_settings.view_transform = "Standard"

path = os.path.join(folder, "shot", "textured.blend")
bpy.ops.wm.save_as_mainfile(filepath=path)
picture.filepath = "//../textures/wood.png"
bpy.ops.wm.save_as_mainfile(filepath=path, compress=True)
