"""What may make the farm's picture differ from the artist's: told before anything renders, decided by people."""

import bpy

import damaged
from script_cautions import script_cautions

MOST_NAMES = 10


def cautions(scene, ours):
    found = []
    version = tuple(bpy.data.version[:2])
    if version > tuple(bpy.app.version[:2]):
        found.append("The file was saved by Blender %d.%d, newer than this one: parts of it may be lost." % version)
    found += script_cautions(scene, ours)
    absent = sum(1 for block in linked_blocks() if getattr(block, "is_missing", False))
    if absent:
        found.append("%d linked data-blocks are not in their libraries." % absent)
    found += damaged.sentences()
    strangers = sorted(set(undefined_nodes()))
    if strangers:
        more = ", …" if len(strangers) > MOST_NAMES else ""
        found.append(
            "Nodes of an add-on that this Blender does not have do nothing: %s%s." % (", ".join(strangers[:MOST_NAMES]), more)
        )
    return [text[:4096] for text in found]


def undefined_nodes():
    """Blender keeps them as nodes of no kind, in trees of its own kinds and in those an add-on brought."""
    for block in bpy.data.user_map():
        tree = block if isinstance(block, bpy.types.NodeTree) else getattr(block, "node_tree", None)
        for node in tree.nodes if tree else ():
            if node.bl_idname == "NodeUndefined":
                yield "%s in %s" % (node.name, block.name)


def linked_blocks():
    for block in bpy.data.user_map():
        if block.library:
            yield block
