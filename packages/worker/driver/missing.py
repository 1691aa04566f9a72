"""Files the scene refers to that are not there. Blender only warns about these and renders a wrong picture."""

import os
import re

import bpy

import holders

MOST = 100_000  # characters of paths: a lost texture folder can hold thousands of files, the first say enough


def missing_files():
    found = []
    length = 0
    for kind, block, path, name in holders.references():
        if not path or is_there(kind, absolute(block, path)):
            continue
        length += len(path)
        if length > MOST:
            break
        found.append({"kind": kind.replace(" sequence", ""), "name": named(block, name), "path": path[:4096]})
    return found


def named(block, name):
    """What needs the file, and the library it is linked from: that is where it can be mended."""
    library = getattr(block, "library", None)
    text = name or block.name
    return (text + " in %s" % library.name if library else text)[:1024]


def absolute(block, path):
    """Relative paths of linked data start at their own library's folder; those of libraries at the scene's."""
    library = None if isinstance(block, bpy.types.Library) else getattr(block, "library", None)
    return bpy.path.abspath(path, library=library)


def is_there(kind, path):
    if kind in holders.FOLDERS:
        return os.path.isdir(path) and any(os.scandir(path))
    return os.path.exists(path) or (kind in holders.SEQUENCES and any_of_sequence(path))


def any_of_sequence(path):
    """A sequence is named by one of its files, which need not be among those rendered."""
    stem, ending = os.path.splitext(os.path.basename(path))
    parts = re.match(r"(.*?)\d+(\D*)$", stem, re.S)
    folder = os.path.dirname(path)
    if not parts or not os.path.isdir(folder):
        return False
    head, tail = parts.group(1), parts.group(2) + ending
    middles = (
        name[len(head) : len(name) - len(tail)]
        for name in os.listdir(folder)
        if name.startswith(head) and name.endswith(tail) and len(name) > len(head) + len(tail)
    )
    return any(middle.isdigit() for middle in middles)
