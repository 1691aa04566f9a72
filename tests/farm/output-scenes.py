"""Makes the scenes of outputs.test.ts: blender -b --factory-startup --python this.py -- FOLDER

What a frame may be besides one plain picture. For Blender 3.4 to 5.x."""

import sys

import bpy

folder = sys.argv[sys.argv.index("--") + 1]
LONG = "long " * 200


def start(engine="BLENDER_WORKBENCH"):
    bpy.ops.wm.read_factory_settings(use_empty=False)
    scene = bpy.context.scene
    scene.render.engine = engine
    scene.frame_start, scene.frame_end = 1, 4
    scene.render.resolution_x, scene.render.resolution_y = 48, 32
    scene.render.resolution_percentage = 100
    if engine == "CYCLES":
        scene.cycles.samples = 1
        scene.cycles.use_denoising = False
    return scene


def save(name):
    bpy.ops.wm.save_as_mainfile(filepath="%s/%s.blend" % (folder, name))


def set_format(settings, kind, color_mode=None, color_depth=None):
    if hasattr(settings, "media_type"):
        movies = {"FFMPEG", "AVI_JPEG", "AVI_RAW"}
        layers = "MULTI_LAYER_IMAGE" if kind == "OPEN_EXR_MULTILAYER" else "IMAGE"
        settings.media_type = "VIDEO" if kind in movies else layers
    settings.file_format = kind
    if color_mode:
        settings.color_mode = color_mode
    if color_depth:
        settings.color_depth = color_depth


def compositor(scene):
    """A tree in which the picture goes to the output, and the node it comes from."""
    if hasattr(scene, "compositing_node_group"):
        tree = bpy.data.node_groups.new("Compositing", "CompositorNodeTree")
        scene.compositing_node_group = tree
        tree.interface.new_socket(name="Image", in_out="OUTPUT", socket_type="NodeSocketColor")
        layers = tree.nodes.new("CompositorNodeRLayers")
        last = tree.nodes.new("NodeGroupOutput")
    else:
        scene.use_nodes = True
        tree = scene.node_tree
        layers, last = tree.nodes["Render Layers"], tree.nodes["Composite"]
    tree.links.new(layers.outputs["Image"], last.inputs[0])
    return tree, layers


def file_output(tree, layers, label, place, slots, kind="PNG"):
    """A File Output node that writes the same picture into each of its slots."""
    node = tree.nodes.new("CompositorNodeOutputFile")
    node.label = label
    set_format(node.format, kind)
    if hasattr(node, "directory"):
        node.directory, node.file_name = place, slots[0]
        for slot in slots:
            node.file_output_items.new("RGBA", slot)
    else:
        node.base_path = place
        many = node.layer_slots if kind == "OPEN_EXR_MULTILAYER" else node.file_slots
        many.clear()
        for slot in slots:
            many.new(slot)
    for socket in node.inputs:
        if socket.enabled and socket.type == "RGBA":
            tree.links.new(layers.outputs["Image"], socket)
    return node


# Two eyes, as two files, as one picture side by side, and as one file that holds both.
scene = start()
scene.render.use_multiview = True
scene.render.views_format = "STEREO_3D"
set_format(scene.render.image_settings, "PNG")
scene.render.image_settings.views_format = "INDIVIDUAL"
save("stereo-files")

scene.render.image_settings.views_format = "STEREO_3D"
scene.render.image_settings.stereo_3d_format.display_mode = "SIDEBYSIDE"
save("stereo-picture")

set_format(scene.render.image_settings, "OPEN_EXR")
scene.render.image_settings.views_format = "MULTIVIEW"
save("stereo-exr")

# Views that the artist named, one of them like a way out.
scene = start()
scene.render.use_multiview = True
scene.render.views_format = "MULTIVIEW"
scene.render.views["left"].file_suffix = "_../../up"
scene.render.views["left"].name = "../up"
set_format(scene.render.image_settings, "PNG")
scene.render.image_settings.views_format = "INDIVIDUAL"
save("hostile-views")

# Pictures that nodes write: two slots, one file of several layers, one in a group, one that is off.
scene = start()
tree, layers = compositor(scene)
file_output(tree, layers, "Passes", folder + "/strays", ["Mist ##", "{frame} Ägypten"])
file_output(tree, layers, "Layers", folder + "/strays/layers", ["One", "Two"], "OPEN_EXR_MULTILAYER")
file_output(tree, layers, "Off", folder + "/strays/off", ["Off"]).mute = True
save("nodes")

# The same, sent where it has no business.
scene = start()
tree, layers = compositor(scene)
file_output(tree, layers, "../../climbs", "//../../climbs", ["../../climbs", "/tmp/akashganga-absolute"])
file_output(tree, layers, "/tmp/akashganga-absolute", "/tmp/akashganga-absolute", ["evil"])
file_output(tree, layers, LONG[:60], "/" + LONG[:800], [LONG[:60], "con.png"])
file_output(tree, layers, "..", "/proc/self/cwd", [".hidden", "~"])
file_output(tree, layers, "{unknown} %s $(id)", "//{unknown}/{0}", ["{", "}}"])
save("hostile-nodes")

# Two view layers, in one file of layers and in one picture.
scene = start("CYCLES")
scene.view_layers.new("Second")
set_format(scene.render.image_settings, "OPEN_EXR_MULTILAYER")
save("layers-exr")
set_format(scene.render.image_settings, "PNG", "RGBA", "16")
save("layers-png")

# Movies: how fast, what they wished for, and that pictures come instead.
for kind in ("AVI_JPEG", "AVI_RAW", "FFMPEG"):
    scene = start()
    scene.render.fps, scene.render.fps_base = 30, 1.001
    try:
        set_format(scene.render.image_settings, kind)
    except TypeError:  # AVI went with 5.0
        continue
    if kind == "FFMPEG":
        scene.render.ffmpeg.format = "MKV"
        scene.render.ffmpeg.codec = "H264"
        scene.render.ffmpeg.audio_codec = "FLAC"
    save("movie-" + kind.lower().replace("_", "-"))

# A camera on each marker, and a scene whose every wish a job can overrule.
scene = start("CYCLES")
scene.cycles.device = "GPU"
scene.cycles.samples = 3
scene.render.resolution_percentage = 50
scene.render.threads_mode = "AUTO"
set_format(scene.render.image_settings, "PNG")
for number, turn in ((1, 0.0), (3, 1.5)):
    camera = bpy.data.objects.new("Camera %d" % number, bpy.data.cameras.new("Camera"))
    camera.location, camera.rotation_euler = (3 * number, -9, 4), (1.1, 0, turn / 3)
    scene.collection.objects.link(camera)
    scene.timeline_markers.new("At %d" % number, frame=number).camera = camera
second = scene.view_layers.new("Second")
second.use = False
other = scene.copy()
other.name = "Other"
other.use_fake_user = True  # or it is not saved
other.render.resolution_x = 40
text = bpy.data.texts.new("tells.py")
text.use_module = True
text.write("""import bpy, json
def tell(scene, *_):
    render, image = scene.render, scene.render.image_settings
    threads = render.threads if render.threads_mode == "FIXED" else None
    samples = scene.cycles.samples if render.engine == "CYCLES" else None
    layers = [layer.name for layer in scene.view_layers if layer.use]
    markers = [marker.camera.name if marker.camera else None for marker in scene.timeline_markers]
    written = [image.file_format, image.color_mode, image.color_depth]
    told = [scene.name, scene.camera.name, markers, layers, render.engine, samples, scene.cycles.device]
    print("WISHES " + json.dumps(told + [render.resolution_percentage, threads] + written), flush=True)
bpy.app.handlers.render_pre.append(tell)
""")
save("wishes")

# Frames made from those before, each of which takes a while to step through.
scene = start()
bpy.ops.rigidbody.object_add()
text = bpy.data.texts.new("slow.py")
text.use_module = True
text.write("import bpy, time\nbpy.app.handlers.frame_change_pre.append(lambda *_: time.sleep(0.1))\n")
save("slow-steps")

# Nodes that an add-on brought: they are saved, and whoever opens the file without it has nodes of no kind.
class FromAddon(bpy.types.ShaderNodeCustomGroup):
    bl_idname = "AddonShader"
    bl_label = "From an add-on"


bpy.utils.register_class(FromAddon)
start()
bpy.data.materials["Material"].node_tree.nodes.new("AddonShader").name = "Dragon scales"
save("addon-nodes")

# A frame that is another picture each time it is rendered.
scene = start()
text = bpy.data.texts.new("chance.py")
text.use_module = True
text.write("""import bpy, time
def turn(scene, *_):
    bpy.data.objects["Cube"].rotation_euler[2] = time.time_ns() // 1000 % 89 + 0.1
bpy.app.handlers.frame_change_pre.append(turn)
""")
save("chance")
