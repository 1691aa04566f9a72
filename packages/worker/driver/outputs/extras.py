"""File Output nodes: sent to the frame's own folder, and their pictures named as people named the nodes.

Each node gets a folder with its number, each slot a file with its number: nothing an artist wrote in a path leaves the
frame's folder. Nodes of 5.x have `directory`, `file_name` and items where older ones have `base_path` and slots; a file of
several layers is one for the node, and the names of its slots are those of its layers.
"""

import os
import re
import shutil

import bpy

from outputs import views
from outputs.incomplete import Incomplete, has_bytes
from outputs.names import safe, unique

NODE = "CompositorNodeOutputFile"
WRITTEN = re.compile(r"^(\d+)_(?:-?\d+)?(.*?)\.[A-Za-z0-9]+$")  # 5.x adds no number of the frame


def escaped(path):
    """From 4.5 braces in a path are templates, and two of them are one."""
    return path.replace("{", "{{").replace("}", "}}") if bpy.app.version >= (4, 5) else path


def nodes(scene):
    """All that write, also inside groups, in a fixed order; none if compositing is off."""
    tree = compositing_tree(scene) if scene.render.use_compositing else None
    return list(nodes_of(tree, set())) if tree else []


def nodes_of(tree, seen):
    if tree in seen:
        return
    seen.add(tree)
    for node in tree.nodes:
        if node.mute:
            continue
        if node.bl_idname == NODE:
            yield node
        elif getattr(node, "node_tree", None):
            yield from nodes_of(node.node_tree, seen)


def compositing_tree(scene):
    if hasattr(scene, "compositing_node_group"):  # from 5.0
        return scene.compositing_node_group
    return scene.node_tree if scene.use_nodes else None


def aim(scene, folder):
    found = nodes(scene)
    shutil.rmtree(folder, ignore_errors=True)
    for number, node in enumerate(found):
        place = os.path.join(folder, str(number))
        os.makedirs(place)
        if hasattr(node, "directory"):
            node.directory, node.file_name = escaped(place + os.sep), "0_" if writes_layers(node) else ""
        else:
            node.base_path = escaped(os.path.join(place, "0_") if writes_layers(node) else place + os.sep)
        if not writes_layers(node):
            number_slots(node)


names = {}  # by slot pointer: what the artist called it


def number_slots(node):
    slots = slots_of(node)
    word = word_of(node)
    if all(getattr(slot, word) == "%d_" % at and slot.as_pointer() in names for at, slot in enumerate(slots)):
        return
    for slot in slots:
        names.setdefault(slot.as_pointer(), getattr(slot, word))
    # Twice, because no two items of 5.x may have one name, not even for a moment.
    for pattern in ("slot %d", "%d_"):
        for at, slot in enumerate(slots):
            setattr(slot, word, pattern % at)


def slots_of(node):
    return node.file_output_items if hasattr(node, "file_output_items") else node.file_slots


def word_of(node):
    return "name" if hasattr(node, "file_output_items") else "path"


def writes_layers(node):
    return node.format.file_format == "OPEN_EXR_MULTILAYER"


def expected(scene, taken):
    """Names and extensions as far as they can be told before, without those of views. For people: what counts is
    what was written."""
    for node in nodes(scene):
        if writes_layers(node):
            yield unique(label(node), taken), extension_of(node.format)
            continue
        for slot, socket in zip(slots_of(node), node.inputs):
            if socket.is_linked:
                yield unique(slot_label(node, slot), taken), extension_of(format_of(node, slot))


def format_of(node, slot):
    if hasattr(slot, "override_node_format"):
        return slot.format if slot.override_node_format else node.format
    return node.format if slot.use_node_format else slot.format


ENDINGS = {"JPEG": ".jpg", "TIFF": ".tif", "TARGA": ".tga", "TARGA_RAW": ".tga", "IRIS": ".rgb", "JPEG2000": ".jp2"}


def extension_of(format):
    kind = format.file_format
    return ".exr" if kind.startswith("OPEN_EXR") else ENDINGS.get(kind, "." + kind.lower()[:8])


def written(scene, folder, taken):
    """(name, file) for each picture that is there and has bytes. Each linked slot has to have one."""
    suffixes = views.by_suffix(scene.render)
    for number, node in enumerate(nodes(scene)):
        place = os.path.join(folder, str(number))
        files = sorted(os.listdir(place)) if os.path.isdir(place) else []
        if not files and any(socket.is_linked for socket in node.inputs):
            raise Incomplete("the File Output node %s wrote nothing" % node.name)
        for name in files:
            file = os.path.join(place, name)
            if not has_bytes(file):
                raise Incomplete("the File Output node %s wrote an empty file" % node.name)
            yield unique(human(node, name, suffixes), taken), file


def human(node, file, suffixes):
    """`suffixes`: by what Blender adds for a view, the view's name."""
    match = WRITTEN.match(file)
    name = label(node)
    if match and not writes_layers(node):
        name = slot_label(node, slots_of(node)[int(match.group(1))])
    view = suffixes.get(match.group(2)) if match else None
    return name + (" " + view if view else "")


def label(node):
    return safe(node.label or node.name)


def slot_label(node, slot):
    if len(slots_of(node)) == 1:
        return label(node)
    return "%s/%s" % (label(node), safe(names.get(slot.as_pointer(), getattr(slot, word_of(node)))))
