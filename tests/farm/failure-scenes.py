"""Makes the scenes of failures.test.ts: blender -b --factory-startup --python this.py -- FOLDER

Each is one thing that goes wrong on farms. Scripts inside are registered texts, which run with --enable-autoexec."""

import os
import sys

import bpy

folder = sys.argv[sys.argv.index("--") + 1]


def start(engine="BLENDER_WORKBENCH"):
    bpy.ops.wm.read_factory_settings(use_empty=False)
    scene = bpy.context.scene
    scene.render.engine = engine
    scene.frame_start, scene.frame_end = 1, 3
    scene.render.resolution_x, scene.render.resolution_y = 64, 36
    scene.render.resolution_percentage = 100
    if engine == "CYCLES":
        scene.cycles.samples = 2
        scene.cycles.use_denoising = False
        scene.cycles.use_adaptive_sampling = False
    return scene


def save(name):
    bpy.ops.wm.save_as_mainfile(filepath="%s/%s.blend" % (folder, name))


def scripted(name, source, first=2):
    """A scene whose script does something before each frame from `first` on."""
    start()
    text = bpy.data.texts.new("troubles.py")
    text.write(
        "import bpy, ctypes, os, sys, time, threading\n"
        "held = []\n"
        "def before(scene, *_):\n"
        "    if scene.frame_current >= %d:\n" % first +
        "        act(scene)\n"
        "def act(scene):\n" + "".join("    %s\n" % line for line in source.splitlines()) +
        "bpy.app.handlers.render_pre.append(before)\n"
    )
    text.use_module = True
    save(name)


start()
save("good")

scene = start()
scene.camera = None
save("no-camera")

scene = start("CYCLES")
scene.cycles.use_denoising = True
save("denoise")

scene = start()
scene.render.resolution_x = scene.render.resolution_y = 4
scene.render.use_border = scene.render.use_crop_to_border = True
scene.render.border_min_x, scene.render.border_max_x = 0.4, 0.41
save("tiny")


class Foreign(bpy.types.RenderEngine):
    bl_idname = "FOREIGN_RENDER"
    bl_label = "Foreign"


start()
bpy.utils.register_class(Foreign)
bpy.context.scene.render.engine = "FOREIGN_RENDER"
save("foreign-engine")
bpy.context.scene.render.engine = "CYCLES"


def textured(path, name, engine):
    start(engine)
    material = bpy.data.materials["Material"]
    image = bpy.data.images.new("Broken", 4, 4)
    image.source, image.filepath = "FILE", path
    node = material.node_tree.nodes.new("ShaderNodeTexImage")
    node.image = image
    material.node_tree.links.new(node.outputs[0], material.node_tree.nodes["Principled BSDF"].inputs[0])
    save(name)


# Textures that are there and are none, or only a part of one. Cycles reads them by itself and complains of PNG alone.
scene = start()
scene.render.resolution_x, scene.render.resolution_y = 256, 256
for kind, name in (("JPEG", "half.jpg"), ("WEBP", "half.webp")):
    scene.render.image_settings.file_format = kind
    path = scene.render.filepath = os.path.join(folder, name)
    bpy.ops.render.render(write_still=True)
    with open(path, "r+b") as file:
        file.truncate(os.path.getsize(path) // 2)
textured("//half.jpg", "half-jpeg", "BLENDER_EEVEE")
textured("//half.jpg", "half-cycles", "CYCLES")
textured("//half.webp", "half-webp", "BLENDER_EEVEE")
open(os.path.join(folder, "empty.tif"), "wb").close()
textured("//empty.tif", "empty-texture", "BLENDER_EEVEE")
with open(os.path.join(folder, "broken.png"), "wb") as file:
    file.write(b"\x89PNG\r\n\x1a\n" + b"nonsense" * 20)
textured("//broken.png", "broken-texture", "CYCLES")

scene = start("CYCLES")
scene.render.resolution_x = scene.render.resolution_y = 4000
scene.cycles.samples = 100_000
save("endless")

scripted("handler-error", "raise ValueError('the rig is broken')")
scripted("module-missing", "import animation_nodes_of_nobody")
# Blender has taken the size of the frame at hand by then: it is the next that differs.
scripted(
    "far-file",
    "with open(os.path.join(os.environ['TMPDIR'], 'far'), 'wb', buffering=0) as file:\n"
    "    file.seek(1 << 30)\n"
    "    file.write(b'x')",
)
# Python ignores the signal, so that it sees an error instead; who takes that back is ended.
scripted(
    "far-file-signal",
    "import signal\n"
    "signal.signal(signal.SIGXFSZ, signal.SIG_DFL)\n"
    "with open(os.path.join(os.environ['TMPDIR'], 'far'), 'wb', buffering=0) as file:\n"
    "    file.seek(1 << 30)\n"
    "    file.write(b'x')",
)


def driven(name, expression):
    start()
    bpy.data.objects["Cube"].driver_add("location", 0).driver.expression = expression
    save(name)


driven("driver-zero", "1 / (frame - 2)")
driven("driver-python", "[1, 2][int(frame)]")
scripted("wrong-size", "scene.render.resolution_x = 32", first=1)
scripted("no-alpha", "scene.render.image_settings.color_mode = 'RGB'")
scripted("movie", "scene.render.image_settings.file_format = 'FFMPEG'")
scripted("wrong-format", "scene.render.image_settings.file_format = 'JPEG'")
scripted("quits", "os._exit(0)")
scripted("segfault", "ctypes.string_at(0)")
scripted("aborts", "os.abort()")
scripted("spins", "while True: pass")
scripted("sleeps", "time.sleep(1000)")
scripted("locked", "lock = threading.Lock()\nlock.acquire()\nlock.acquire()")
scripted("grows", "while True:\n    held.append(bytearray(b'x' * (16 << 20)))\n    time.sleep(0.01)")
scripted("threads", "for _ in range(5000):\n    threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()")
