"""Whether two files show the same picture: their pixels, not their bytes, which hold the time they were made."""

import array

import bpy


def compare(first, second):
    a, b = pixels(first), pixels(second)
    if a is None or b is None:
        return {"event": "compared", "equal": data_of(first) == data_of(second), "most": None}
    if a == b:
        return {"event": "compared", "equal": True, "most": 0.0}
    if len(a) != len(b):
        return {"event": "compared", "equal": False, "most": None}
    most = max((abs(x - y) for x, y in zip(a, b) if x != y and x == x and y == y), default=0.0)
    # Bytes first: two pixels that are not a number are equal here, and unequal to each other.
    equal = bytes(memoryview(a).cast("B")) == bytes(memoryview(b).cast("B"))
    return {"event": "compared", "equal": equal, "most": min(most, 1e30)}


def pixels(path):
    """All channels as floats; None for a file of several layers, of which Blender gives no pixels."""
    image = bpy.data.images.load(path)
    try:
        image.colorspace_settings.name = "Non-Color"
        length = len(image.pixels)
        if length == 0:
            return None
        values = array.array("f", bytes(4 * length))
        image.pixels.foreach_get(values)
        return values
    finally:
        bpy.data.images.remove(image)


def data_of(path):
    """What comes after the header and the table of an OpenEXR file: the first offset in the table points there."""
    with open(path, "rb") as file:
        content = file.read()
    if content[:4] != b"\x76\x2f\x31\x01":
        return content
    at = 8
    while content[at : at + 1] != b"\0":
        at = content.index(b"\0", at) + 1  # the attribute's name
        at = content.index(b"\0", at) + 1  # its type
        at += 4 + int.from_bytes(content[at : at + 4], "little")
    first = int.from_bytes(content[at + 1 : at + 9], "little")
    return content[first:]
