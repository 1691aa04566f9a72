"""Frames in a row: several frames in one `render(animation=True)`, as `blender -a` makes them.

Engines that draw with the graphics card build all they draw from, shaders included, when a render call begins and throw
it away when it ends. Measured in 3.4 with software GL: 1.3 CPU seconds a frame in calls of their own, 0.02 within one
call. So the call is kept open, and its handler for a written frame waits for the next command.

Blender's loop goes upwards and tells no handler of the frames it leaves out. It leaves out those whose file exists while
`use_overwrite` is off, and looks for them where the path led to when the call began. So that is a folder of gates: empty
files for the frames nobody asked for. Setting a property of the scene between two frames would make Blender build all
anew, so none is set.
"""

import os
import shutil

import bpy

from history import order
from outputs import display, extras, views
from outputs.incomplete import Incomplete, has_bytes
from outputs.picture import BESIDE, remove

ENGINES = {"BLENDER_EEVEE", "BLENDER_EEVEE_NEXT", "BLENDER_WORKBENCH"}
LAST = 1048574  # the last frame Blender has
MOST_GATES = 1000  # each costs a file and a look at the scene's own animation: together no more than beginning anew


def suits(scene, command, ours):
    """Whether a frame may begin a row; `ours` are the driver's own handlers. Files that come beside a picture are aimed
    at or made frame by frame, and handlers of a scene may set what they like."""
    return (
        scene.render.engine in ENGINES
        and command.get("order", "any") == "any"
        and 0 <= command["frame"] < LAST
        and not views.apart(scene.render)
        and not extras.nodes(scene)
        and not display.wanted(scene)
        and not order.handlers(ours)
    )


class Row:
    """Calls `began(command)` before each frame, `arrived(file)` after it, and `next_command()` for the one after that."""

    def __init__(self, scene, began, arrived, next_command):
        self._scene = scene
        self._began, self._arrived, self._next_command = began, arrived, next_command
        self._gates = os.path.join(bpy.app.tempdir, "gates")
        self._range = (scene.frame_start, scene.frame_end, scene.frame_step)
        self._command = None
        self._is_first = True
        self._error = None
        self.left = None  # the command that ended the row and is still to be obeyed

    def render(self, command):
        """Renders this frame and all that follow it. Throws why the last one that began has no file."""
        self._take(command)
        shutil.rmtree(self._gates, ignore_errors=True)
        os.makedirs(self._gates)
        handlers = bpy.app.handlers
        mine = (
            (handlers.render_init, self._on_init),
            (handlers.render_pre, self._on_frame),
            (handlers.render_write, self._on_written),
        )
        for kind, handler in mine:
            kind.append(handler)
        try:
            self._call(command["frame"])
        finally:
            for kind, handler in mine:
                kind.remove(handler)
            self._put_back()
            self._scene.render.use_overwrite = True
            shutil.rmtree(self._gates, ignore_errors=True)
        if self._error is not None:
            raise self._error
        if self._command is not None:
            raise Incomplete("the row ended before the frame")

    def _call(self, frame):
        scene = self._scene
        bpy.context.scene.frame_current = scene.frame_current = frame
        scene.frame_start, scene.frame_end, scene.frame_step = frame, LAST, 1
        scene.render.filepath = extras.escaped(os.path.join(self._gates, "####"))
        scene.render.use_overwrite = False
        bpy.ops.render.render(animation=True, scene=scene.name)

    # Blender has read the range; drivers may read it too, and shall find their own.
    def _on_init(self, *_):
        self._put_back()

    def _on_frame(self, *_):
        if self._is_first:
            self._is_first = False
            folder = os.path.dirname(self._command["output"])
            self._scene.render.filepath = extras.escaped(os.path.join(folder, "####" + BESIDE))
            self._scene.render.use_overwrite = True

    def _on_written(self, *_):
        # Blender prints what a handler throws and goes on.
        try:
            self._arrived(self._arrive())
            self._command = None
            command = self._next_command()
            if self._follows(command):
                self._close_gates(self._scene.frame_current + 1, command["frame"])
                self._take(command)
                return
            self.left = command
        except BaseException as error:
            self._error = error
        self._scene.frame_current = LAST

    def _follows(self, command):
        return (
            command.get("do") == "render"
            and command.get("order", "any") == "any"
            and 0 < command["frame"] - self._scene.frame_current <= MOST_GATES
            and command["frame"] < LAST
            and os.path.dirname(command["output"]) == self._folder
        )

    def _take(self, command):
        self._command = command
        self._folder = os.path.dirname(command["output"])
        self._began(command)
        remove(self._beside())

    def _close_gates(self, first, end):
        for frame in range(first, end):
            open(os.path.join(self._gates, "%04d%s" % (frame, self._scene.render.file_extension)), "w").close()

    def _arrive(self):
        frame, path = self._command["frame"], self._command["output"]
        if self._scene.frame_current != frame:
            raise Incomplete("Blender rendered %d instead" % self._scene.frame_current)
        beside = self._beside()
        if not has_bytes(beside):
            raise Incomplete("no file was written")
        file = path + self._scene.render.file_extension
        os.replace(beside, file)
        return file

    def _beside(self):
        name = "%04d%s%s" % (self._command["frame"], BESIDE, self._scene.render.file_extension)
        return os.path.join(self._folder, name)

    def _put_back(self):
        scene = self._scene
        scene.frame_start, scene.frame_end, scene.frame_step = self._range
