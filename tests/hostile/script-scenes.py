"""Makes the scenes of scripts.test.ts: blender -b --factory-startup --python this.py -- FOLDER"""

import sys

import bpy

folder = sys.argv[sys.argv.index("--") + 1]


def text(name, code, runs):
    block = bpy.data.texts.new(name)
    block.write(code)
    block.use_module = runs
    return block


bpy.ops.wm.read_factory_settings()
scene = bpy.context.scene
scene.render.engine = "BLENDER_WORKBENCH"
scene.render.resolution_x, scene.render.resolution_y = 32, 18
text("notes.txt", "no program", runs=False)
text("rig.py", "import bpy\nbpy.app.driver_namespace['lift'] = lambda frame: frame * 2\n", runs=True)
text(
    "follow.py",
    "import bpy\ndef follow(scene, *_):\n    pass\nbpy.app.handlers.frame_change_pre.append(follow)\n",
    runs=True,
)
cube = bpy.data.objects["Cube"]
cube.driver_add("location", 0).driver.expression = "frame * 0.1"  # simple: needs no Python
cube.driver_add("location", 2).driver.expression = "lift(frame)"
cube.driver_add("scale", 0).driver.expression = "[1, frame][0]"  # needs Python, and harmless enough for any Blender
material = cube.data.materials[0]
material.use_nodes = True
material.node_tree.nodes["Principled BSDF"].inputs["Roughness"].driver_add(
    "default_value"
).driver.expression = "lift(frame) / 100"
bpy.ops.wm.save_as_mainfile(filepath="%s/scripts.blend" % folder)

scene.render.use_freestyle = True
settings = bpy.context.view_layer.freestyle_settings
settings.mode = "SCRIPT"
settings.modules.new().script = text("style.py", "import bpy\n", runs=False)
bpy.ops.wm.save_as_mainfile(filepath="%s/freestyle.blend" % folder)

bpy.ops.wm.read_factory_settings()
bpy.ops.wm.save_as_mainfile(filepath="%s/plain.blend" % folder)

bpy.ops.wm.read_factory_settings()
cube = bpy.data.objects["Cube"]
cube.driver_add("location", 0).driver.expression = "1 / (frame - 1)"  # it is saved on frame 1
variable = cube.driver_add("location", 1).driver.variables.new()
variable.targets[0].id, variable.targets[0].data_path = cube, "nothing_of_this_name"
cube.animation_data.drivers[1].driver.type = "SUM"
cube.driver_add("scale", 0).driver.expression = "frame * 0.5"
hidden = bpy.data.objects["Light"]
hidden.hide_viewport = True
hidden.driver_add("location", 0).driver.expression = "lift(frame)"
text("broken.py", "import bpy\nset_up(nothing)\n", runs=True)
bpy.ops.wm.save_as_mainfile(filepath="%s/failing.blend" % folder)
