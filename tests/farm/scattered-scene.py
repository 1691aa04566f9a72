"""Writes a scene whose files lie all over a folder, most of them reached by absolute paths.

Run:  blender -b --factory-startup --python tests/farm/scattered-scene.py -- FOLDER

FOLDER/project/scenes/scattered.blend is the scene: four frames of 96x54 for Cycles, where every file can be seen (but
for the sound, which must be there all the same). Beside it, in folders of their own:

- textures/: a picture with blanks and letters outside ASCII in its name, and a UDIM set of two tiles, both absolute
- plates/: a picture for each frame, absolute
- fonts/, sounds/: absolute
- libraries/props/props.blend, linked with a relative path, which links libraries/deep/paints.blend with an absolute one,
  which has a picture of its own beside it with a relative one
"""

import math
import os
import shutil
import struct
import sys
import wave
import zlib

import bpy

FRAMES = 4


def write_png(path, colours, size=16):
    """A picture of vertical stripes, without Blender: what is on disk must not depend on how it saves."""
    rows = b""
    for _ in range(size):
        row = b"".join(bytes(colours[x * len(colours) // size]) for x in range(size))
        rows += b"\0" + row

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        file.write(chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)))
        file.write(chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def write_sound(path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with wave.open(path, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        tones = (int(9000 * math.sin(n / 3)) for n in range(4000))
        sound.writeframes(b"".join(struct.pack("<h", tone) for tone in tones))


def copy_font(path):
    folder = bpy.utils.system_resource("DATAFILES", path="fonts")
    found = [name for name in sorted(os.listdir(folder)) if name.endswith((".ttf", ".woff2"))]
    plain = [name for name in found if name.startswith("DejaVuSans")] or found
    os.makedirs(os.path.dirname(path), exist_ok=True)
    real = os.path.splitext(plain[0])[1]
    shutil.copyfile(os.path.join(folder, plain[0]), path + real)
    return path + real


def material(name, image=None, colour=(1, 1, 1, 1)):
    """Emits what the image shows, so that lights play no part."""
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    nodes, links = made.node_tree.nodes, made.node_tree.links
    nodes.clear()
    emission = nodes.new("ShaderNodeEmission")
    emission.inputs["Color"].default_value = colour
    links.new(emission.outputs[0], nodes.new("ShaderNodeOutputMaterial").inputs["Surface"])
    if image:
        texture = nodes.new("ShaderNodeTexImage")
        texture.image = image
        texture.interpolation = "Closest"
        links.new(texture.outputs["Color"], emission.inputs["Color"])
        texture.image_user.use_auto_refresh = True
        texture.image_user.frame_duration = FRAMES
    return made


def plane(name, x, y, paint, width=1):
    """A plane that faces the camera; `width` tiles of UV space lie side by side on it."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata([(0, 0, 0), (2, 0, 0), (2, 2, 0), (0, 2, 0)], [], [(0, 1, 2, 3)])
    uv = mesh.uv_layers.new()
    for corner, at in enumerate(((0, 0), (width, 0), (width, 1), (0, 1))):
        uv.data[corner].uv = at
    mesh.materials.append(paint)
    made = bpy.data.objects.new(name, mesh)
    made.location = (x, y, 0)
    return made


def empty_scene():
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 1
    scene.cycles.use_adaptive_sampling = scene.cycles.use_denoising = False
    scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = 96, 54, 100
    scene.render.image_settings.file_format = "PNG"
    scene.view_settings.view_transform = "Standard"
    scene.frame_start, scene.frame_end = 1, FRAMES
    return scene


def save(path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    bpy.ops.wm.save_as_mainfile(filepath=path, relative_remap=False)


def link(path, kind, name):
    with bpy.data.libraries.load(path, link=True) as (_, linked):
        setattr(linked, kind, [name])
    return getattr(linked, kind)[0]


def make_paints(folder):
    """The deepest library: a material, and its picture beside it."""
    path = os.path.join(folder, "libraries", "deep", "paints.blend")
    write_png(os.path.join(folder, "libraries", "deep", "paint.png"), [(20, 120, 250), (250, 250, 20)])
    empty_scene()
    save(path)
    image = bpy.data.images.load(os.path.join(folder, "libraries", "deep", "paint.png"))
    image.filepath = "//paint.png"
    material("Paint", image).use_fake_user = True
    save(path)
    return path


def make_props(folder, paints):
    """The library between: an object that has its material from the other library."""
    path = os.path.join(folder, "libraries", "props", "props.blend")
    empty_scene()
    save(path)
    prop = plane("Prop", 4, 0, link(paints, "materials", "Paint"))
    prop.use_fake_user = True
    save(path)
    return path


def make_scene(folder, props):
    scene = empty_scene()
    path = os.path.join(folder, "project", "scenes", "scattered.blend")
    save(path)
    textures, plates = os.path.join(folder, "textures"), os.path.join(folder, "plates")
    odd = os.path.join(textures, "Größe mit Leerzeichen, 木目.png")
    write_png(odd, [(250, 60, 60), (30, 30, 30), (240, 240, 240)])
    for tile, colours in ((1001, [(0, 200, 80)]), (1002, [(200, 0, 200), (0, 0, 120)])):
        write_png(os.path.join(textures, "udim", "wall.%d.png" % tile), colours)
    for frame in range(1, FRAMES + 1):
        write_png(os.path.join(plates, "plate_%04d.png" % frame), [(60 * frame, 20, 200 - 40 * frame)])
    add = scene.collection.objects.link
    add(plane("Odd", 0, 0, material("Odd", bpy.data.images.load(odd))))
    udim = bpy.data.images.load(os.path.join(textures, "udim", "wall.1001.png"))
    udim.source = "TILED"
    udim.filepath = os.path.join(textures, "udim", "wall.<UDIM>.png")
    if len(udim.tiles) < 2:
        udim.tiles.new(1002)
    add(plane("Wall", 2, 0, material("Wall", udim), width=2))
    plate = bpy.data.images.load(os.path.join(plates, "plate_0001.png"))
    plate.source = "SEQUENCE"
    add(plane("Plate", 0, 2, material("Plate", plate)))
    add(link(props, "objects", "Prop"))
    letters = bpy.data.curves.new("Letters", "FONT")
    letters.body = "Akg"
    letters.font = bpy.data.fonts.load(copy_font(os.path.join(folder, "fonts", "letters")))
    letters.materials.append(material("Ink", colour=(0.9, 0.9, 0.2, 1)))
    text = bpy.data.objects.new("Letters", letters)
    text.location, text.scale = (2.2, 2.4, 0.1), (1.8, 1.8, 1.8)
    add(text)
    write_sound(os.path.join(folder, "sounds", "tone.wav"))
    speaker = bpy.data.objects.new("Speaker", bpy.data.speakers.new("Speaker"))
    speaker.data.sound = bpy.data.sounds.load(os.path.join(folder, "sounds", "tone.wav"))
    add(speaker)
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.data.type, camera.data.ortho_scale = "ORTHO", 7
    camera.location = (3, 2, 5)
    add(camera)
    scene.camera = camera
    for library in bpy.data.libraries:
        if library.filepath.endswith("props.blend"):
            library.filepath = "//../../libraries/props/props.blend"
    save(path)
    return path


def main():
    folder = os.path.realpath(sys.argv[sys.argv.index("--") + 1])
    print("scene:", make_scene(folder, make_props(folder, make_paints(folder))))


main()
