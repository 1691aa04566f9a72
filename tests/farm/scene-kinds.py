"""Writes a scene with a path of every kind that a render may need, and says which paths Blender itself finds in it.

Run:  blender -b --factory-startup --python tests/farm/scene-kinds.py -- FOLDER

FOLDER/kinds.blend and FOLDER/packed.blend (compressed) are the same scene; FOLDER/kinds.json has the paths, as Blender
tells them by its own lists, and the facts of the render. `-- --of FILE…` only prints these, a line of JSON for each file.
"""

import json
import os
import sys

import bpy

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
BAKED = ("data", "mesh", "noise", "particles")


def file(folder, name, content=PNG):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as out:
        out.write(content)
    return path


def add_images(folder):
    texture = bpy.data.materials.new("Textured")
    texture.use_nodes = texture.use_fake_user = True
    for name, source, path in (
        ("Plain", "FILE", "//images/plain.png"),
        ("Named Größe", "FILE", "//images/Größe 1.png"),
        ("Windows", "FILE", "C:\\textures\\wood.png"),
        ("Shared", "FILE", "\\\\server\\share\\wood.png"),
        ("Above", "FILE", "//../above.png"),
        ("Frames", "SEQUENCE", "/far/away/f_0001.png"),
        ("Film", "MOVIE", "//films/film.mov"),
        ("Tiles", "TILED", "//images/wall.<UDIM>.png"),
        ("Letters", "TILED", "//images/wall.<UVTILE>.png"),
        ("Made", "GENERATED", ""),
    ):
        image = bpy.data.images.new(name, 8, 8)
        image.source = source
        image.filepath = path
        node = texture.node_tree.nodes.new("ShaderNodeTexImage")
        node.image = image
    packed = bpy.data.images.load(file(folder, "images/packed.png"))
    packed.pack()
    packed.use_fake_user = True
    ies = texture.node_tree.nodes.new("ShaderNodeTexIES")
    ies.mode, ies.filepath = "EXTERNAL", "//lights/lamp.ies"
    inside = texture.node_tree.nodes.new("ShaderNodeTexIES")
    inside.mode, inside.filepath = "INTERNAL", ""
    script = texture.node_tree.nodes.new("ShaderNodeScript")
    script.mode, script.filepath = "EXTERNAL", "//osl/paint.osl"


def add_files(folder):
    for name in ("images/clip_001.png", "images/clip_002.png"):
        file(folder, name)
    clip = bpy.data.movieclips.load(os.path.join(folder, "images/clip_001.png"))
    clip.use_fake_user = True
    volume = bpy.data.volumes.new("Smoke")
    volume.filepath, volume.is_sequence = "//vdb/smoke_0001.vdb", True
    one = bpy.data.volumes.new("Cloud")
    one.filepath = "/clouds/cloud.vdb"
    volume.use_fake_user = one.use_fake_user = True
    bpy.ops.cachefile.open(filepath=file(folder, "caches/walk.abc", b"Ogawa"))
    text = bpy.data.texts.load(file(folder, "scripts/notes.py", b"# notes\n"))
    text.use_fake_user = True
    bpy.data.texts.new("Inside").write("# no file")
    sound = bpy.data.sounds.load(file(folder, "sounds/none.wav", b"RIFF"))
    sound.use_fake_user = True


def add_caches():
    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.object
    cache = cube.modifiers.new("Cache", "MESH_CACHE")
    cache.filepath = "//caches/cube.pc2"
    cloth = cube.modifiers.new("Cloth", "CLOTH")
    cloth.point_cache.use_external = True
    cloth.point_cache.filepath = "//points/"
    bpy.ops.mesh.primitive_cube_add()
    soft = bpy.context.object.modifiers.new("Cloth", "CLOTH")
    soft.point_cache.use_disk_cache = True
    bpy.ops.mesh.primitive_cube_add()
    fluid = bpy.context.object.modifiers.new("Fluid", "FLUID")
    fluid.fluid_type = "DOMAIN"
    fluid.domain_settings.cache_directory = "//caches/fluid"


def add_strips(scene, folder):
    editor = scene.sequence_editor_create()
    for number in (1, 2, 3):
        file(folder, "strips/s_%d.png" % number)
    pictures = editor.sequences.new_image("Pictures", os.path.join(folder, "strips/s_1.png"), 1, 1)
    pictures.elements.append("s_2.png")
    pictures.elements.append("s_3.png")
    pictures.directory = "//strips"


def make(folder):
    library = os.path.join(folder, "libraries", "stock.blend")
    os.makedirs(os.path.dirname(library), exist_ok=True)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.data.meshes.new("Linked").use_fake_user = True
    bpy.ops.wm.save_as_mainfile(filepath=library)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    path = os.path.join(folder, "kinds.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    with bpy.data.libraries.load(library, link=True, relative=True) as (_, linked):
        linked.meshes = ["Linked"]
    scene.collection.objects.link(bpy.data.objects.new("Linked", linked.meshes[0]))
    add_images(folder)
    add_files(folder)
    add_caches()
    add_strips(scene, folder)
    scene.frame_start, scene.frame_end, scene.frame_step = 3, 77, 2
    scene.render.fps, scene.render.fps_base = 30, 1.001
    bpy.data.scenes.new("Other")
    bpy.ops.wm.save_as_mainfile(filepath=path, relative_remap=False)
    bpy.ops.wm.save_as_mainfile(
        filepath=os.path.join(folder, "packed.blend"), relative_remap=False, compress=True, copy=True
    )


def paths():
    """What Blender lists by itself, and what it is known to leave out of its list."""
    found = {os.fsdecode(path) for path in bpy.utils.blend_paths(absolute=False, packed=False, local=True)}
    # A library's own libraries are in its own file.
    found -= {library.filepath for library in bpy.data.libraries if library.parent}
    for scene in bpy.data.scenes:
        for strip in scene.sequence_editor.sequences_all if scene.sequence_editor else ():
            if strip.type == "IMAGE":
                found |= {os.path.join(strip.directory, element.filename) for element in strip.elements}
    for object in bpy.data.objects:
        for modifier in object.modifiers:
            if modifier.type == "CLOTH" and modifier.point_cache.use_external:
                found.add(modifier.point_cache.filepath)
            if modifier.type == "FLUID" and modifier.fluid_type == "DOMAIN":
                found.add(modifier.domain_settings.cache_directory)
    return sorted(found)


def facts(scene):
    return {
        "name": scene.name,
        "frameStart": scene.frame_start,
        "frameEnd": scene.frame_end,
        "frameStep": scene.frame_step,
        "fps": scene.render.fps,
        "fpsBase": scene.render.fps_base,
        "width": scene.render.resolution_x,
        "height": scene.render.resolution_y,
        "percent": scene.render.resolution_percentage,
        "engine": scene.render.engine,
        "camera": scene.camera.name if scene.camera else None,
    }


def tell(path):
    bpy.ops.wm.open_mainfile(filepath=path)
    told = {
        "version": "%d.%d" % tuple(bpy.data.version[:2]),
        "activeScene": bpy.context.scene.name,
        "scenes": sorted((facts(scene) for scene in bpy.data.scenes), key=lambda one: one["name"]),
        "paths": paths(),
    }
    print("told " + json.dumps({"path": path, **told}), flush=True)


arguments = sys.argv[sys.argv.index("--") + 1 :]
if arguments[0] != "--of":
    make(os.path.realpath(arguments[0]))
    arguments = ["--of", os.path.join(arguments[0], "kinds.blend"), os.path.join(arguments[0], "packed.blend")]
for one in arguments[1:]:
    tell(one)
