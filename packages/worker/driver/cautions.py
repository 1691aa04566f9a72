"""What may make the farm's picture differ from the artist's: told before anything renders, decided by people."""

import bpy

from script_cautions import script_cautions


def cautions(scene, ours):
    found = []
    version = tuple(bpy.data.version[:2])
    if version > tuple(bpy.app.version[:2]):
        found.append("The file was saved by Blender %d.%d, newer than this one: parts of it may be lost." % version)
    found += script_cautions(scene, ours)
    absent = sum(1 for block in linked_blocks() if getattr(block, "is_missing", False))
    if absent:
        found.append("%d linked data-blocks are not in their libraries." % absent)
    return [text[:4096] for text in found]


def linked_blocks():
    for block in bpy.data.user_map():
        if block.library:
            yield block
