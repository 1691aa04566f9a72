"""A Blender that was started before it has a scene: it is told later which one to open, with scripts off.

Scenes whose scripts may run are not opened this way: they would find our modules among Python's own.
"""

import os

import bpy


def open_when_told(channel):
    """Comes back when the scene is open. What does not open without an error is for a fresh Blender, whose log says why."""
    channel.send({"event": "waiting"})
    while True:
        command = channel.next_command()
        if command.get("do") != "open":
            continue
        says = why_not(command["scene"])
        if says is None:
            return
        channel.send({"event": "unopened", "says": says})


def why_not(path):
    try:
        # As Blender does for a file it is started with: its windows too, because they tell the scene and view layer.
        bpy.ops.wm.open_mainfile(filepath=path, load_ui=True, use_scripts=False)
    except RuntimeError as error:
        return str(error)[:1000]
    return None if bpy.data.filepath and os.path.samefile(bpy.data.filepath, path) else "Another file is open."
