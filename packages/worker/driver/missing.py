"""Files the scene refers to that are not there. Blender only warns about these and renders a wrong picture."""

import os
import re

import bpy

MOST = 100_000  # characters of paths: a lost texture folder can hold thousands of files, the first say enough


def missing_files():
    found = []
    length = 0
    for kind, block, path, name in references():
        if not path or os.path.exists(path):
            continue
        length += len(path)
        if length > MOST:
            break
        found.append({"kind": kind, "name": name or block.name, "path": path[:4096]})
    return found


def references():
    for library in bpy.data.libraries:
        yield "library", library, bpy.path.abspath(library.filepath), None
    for image in bpy.data.images:
        yield from image_references(image)
    for kind, blocks in (
        ("sound", bpy.data.sounds),
        ("font", bpy.data.fonts),
        ("movie clip", bpy.data.movieclips),
        ("volume", getattr(bpy.data, "volumes", ())),
        ("cache file", bpy.data.cache_files),
    ):
        for block in blocks:
            if not getattr(block, "packed_file", None) and block.filepath != "<builtin>":
                yield kind, block, absolute(block), None
    for scene in bpy.data.scenes:
        yield from strip_references(scene)


def image_references(image):
    if image.source not in {"FILE", "SEQUENCE", "MOVIE", "TILED"} or image.packed_file:
        return
    path = absolute(image)
    if image.source != "TILED":
        yield "image", image, path, None
        return
    for tile in image.tiles:
        number = tile.number
        u, v = (number - 1001) % 10 + 1, (number - 1001) // 10 + 1
        of_tile = path.replace("<UDIM>", str(number)).replace("<UVTILE>", "u%d_v%d" % (u, v))
        # To 3.0 the path names the first tile's file.
        of_tile = re.sub(r"1001(?=\.[^./\\]*$)", str(number), of_tile)
        yield "image", image, of_tile, "%s (tile %d)" % (image.name, number)


def strip_references(scene):
    editor = scene.sequence_editor
    if not editor:
        return
    strips = editor.strips_all if hasattr(editor, "strips_all") else editor.sequences_all
    for strip in strips:
        if strip.type == "MOVIE":
            yield "movie strip", strip, bpy.path.abspath(strip.filepath), None
        elif strip.type == "IMAGE":
            folder = bpy.path.abspath(strip.directory)
            for element in strip.elements:
                yield "image strip", strip, os.path.join(folder, element.filename), None


def absolute(block):
    """Relative paths of linked data start at their own library's folder."""
    return bpy.path.abspath(block.filepath, library=block.library) if block.filepath else ""
