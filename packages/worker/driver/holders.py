"""Every path that a loaded scene, with its libraries, holds and a render may need: all kinds that packages/scene reads
from the file itself. What is packed, generated or built in needs no file."""

import re

import bpy

SEQUENCES = {"image sequence", "movie clip sequence", "volume sequence", "cache file sequence"}
FOLDERS = {"fluid cache", "point cache", "ocean cache"}


def references():
    """Pairs of what and where: kind, data-block, path as it is written, and a name if it is not the block's."""
    for library in bpy.data.libraries:
        # From 5.0 an archive is a library whose data-blocks are all in the .blend that links them.
        if not library.packed_file and not getattr(library, "is_archive", False):
            yield "library", library, library.filepath, None
    tools = only_for_brushes()
    for image in bpy.data.images:
        if image.name_full not in tools:
            yield from of_image(image)
    yield from of_files()
    for scene in bpy.data.scenes:
        yield from of_strips(scene)
    for object in bpy.data.objects:
        yield from of_modifiers(object)
        for system in object.particle_systems:
            yield from of_cache(object, system.point_cache)
    yield from of_nodes()


def of_image(image):
    if image.source not in {"FILE", "SEQUENCE", "MOVIE", "TILED"} or image.packed_file:
        return
    if image.source == "SEQUENCE":
        yield "image sequence", image, image.filepath, None
    elif image.source != "TILED":
        yield "image", image, image.filepath, None
    else:
        for tile in image.tiles:
            yield "image", image, of_tile(image.filepath, tile.number), "%s (tile %d)" % (image.name, tile.number)


def only_for_brushes():
    """A brush's picture is a tool and in no render."""
    users = bpy.data.user_map(key_types={"IMAGE", "TEXTURE"})

    def is_tool(block):
        return isinstance(block, bpy.types.Brush) or (
            isinstance(block, bpy.types.Texture) and users.get(block) and all(map(is_tool, users[block]))
        )

    return {
        block.name_full
        for block, of in users.items()
        if isinstance(block, bpy.types.Image) and of and all(map(is_tool, of))
    }


def of_tile(path, number):
    u, v = (number - 1001) % 10 + 1, (number - 1001) // 10 + 1
    named = path.replace("<UDIM>", str(number)).replace("<UVTILE>", "u%d_v%d" % (u, v))
    # To 3.0 the path names the first tile's file.
    return re.sub(r"1001(?=\.[^./\\]*$)", str(number), path) if named == path else named


def of_files():
    for kind, blocks in (
        ("sound", bpy.data.sounds),
        ("font", bpy.data.fonts),
        ("movie clip", bpy.data.movieclips),
        ("volume", getattr(bpy.data, "volumes", ())),
        ("cache file", bpy.data.cache_files),
    ):
        for block in blocks:
            if getattr(block, "packed_file", None) or block.filepath == "<builtin>":
                continue
            many = getattr(block, "is_sequence", False) or getattr(block, "source", "") == "SEQUENCE"
            yield kind + " sequence" if many else kind, block, block.filepath, None
    for camera in bpy.data.cameras:
        if getattr(camera, "custom_mode", "") == "EXTERNAL":
            yield "OSL script", camera, camera.custom_filepath, None


def of_strips(scene):
    editor = scene.sequence_editor
    if not editor:
        return
    strips = editor.strips_all if hasattr(editor, "strips_all") else editor.sequences_all
    for strip in strips:
        if strip.type == "MOVIE":
            yield "movie strip", scene, strip.filepath, strip.name
        elif strip.type == "IMAGE":
            folder = strip.directory
            folder += "" if folder.endswith(("/", "\\")) else "/"
            for element in strip.elements:
                yield "image strip", scene, folder + element.filename, strip.name


def of_modifiers(object):
    for modifier in object.modifiers:
        if modifier.type == "MESH_CACHE":
            yield "mesh cache", object, modifier.filepath, None
        elif modifier.type == "OCEAN" and modifier.is_cached:
            yield "ocean cache", object, modifier.filepath, None
        elif modifier.type == "MULTIRES" and modifier.is_external:
            yield "multiresolution file", object, modifier.filepath, None
        elif modifier.type == "FLUID" and modifier.fluid_type == "DOMAIN" and modifier.domain_settings:
            domain = modifier.domain_settings
            if any(getattr(domain, "has_cache_baked_" + what) for what in ("data", "mesh", "noise", "particles")):
                yield "fluid cache", object, domain.cache_directory, None
        elif modifier.type in {"CLOTH", "SOFT_BODY"}:
            yield from of_cache(object, modifier.point_cache)


def of_cache(object, cache):
    if cache.use_external:
        yield "point cache", object, cache.filepath, None


def of_nodes():
    for kinds in (bpy.data.materials, bpy.data.lights, bpy.data.worlds):
        for block in kinds:
            if block.node_tree:
                yield from of_tree(block, block.node_tree)
    for group in bpy.data.node_groups:
        yield from of_tree(group, group)


def of_tree(block, tree):
    for node in tree.nodes:
        if node.bl_idname == "ShaderNodeTexIES" and node.mode == "EXTERNAL":
            yield "IES file", block, node.filepath, None
        elif node.bl_idname == "ShaderNodeScript" and node.mode == "EXTERNAL":
            yield "OSL script", block, node.filepath, None
