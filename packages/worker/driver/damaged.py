"""Pictures the scene uses whose file is cut short, from their first and last bytes. Cycles reads files by itself, and for
all kinds but PNG it renders what is missing in pink or black without a word."""

import os

import holders
import missing

MOST_NAMES = 10
END = 64  # bytes that are looked at


def sentences():
    names = []
    for kind, block, path, name in holders.references():
        if kind == "image" and path:
            file = missing.absolute(block, path)
            if os.path.isfile(file) and is_cut(file):
                names.append("%s (%s)" % (path, name or block.name))
    if not names:
        return []
    more = ", …" if len(names) > MOST_NAMES else ""
    return ["Pictures are cut short or empty and will look wrong: %s%s." % (", ".join(names[:MOST_NAMES]), more)]


def is_cut(path):
    """False also where the bytes do not tell."""
    try:
        size = os.path.getsize(path)
        with open(path, "rb") as file:
            head = file.read(END)
            file.seek(max(0, size - END))
            tail = file.read(END)
    except OSError:
        return False
    if size == 0:
        return True
    if head.startswith(b"\x89PNG"):
        return b"IEND" not in tail
    if head.startswith(b"\xff\xd8\xff"):
        return b"\xff\xd9" not in tail
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return int.from_bytes(head[4:8], "little") + 8 > size
    if head.startswith(b"BM"):
        return int.from_bytes(head[2:6], "little") > size
    return False
