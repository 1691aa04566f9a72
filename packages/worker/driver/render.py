"""One frame.

`scene.frame_current = n` with `render(write_still=True)` was measured against `blender -f n`: the same pixels for
Workbench, EEVEE, Cycles, compositor, sequencer, drivers and cameras on markers, in any order of frames, and the same
handlers are called; `frame_set(n)` evaluates the whole scene twice. Where keeping what was evaluated pays, history/row.py
renders several frames in one call.
"""

import re
import time
import traceback

import bpy

import devices
import memory
from history import row
from history.steps import Steps
from outputs import picture
from outputs.incomplete import Incomplete

PAUSE = 0.25  # seconds between two progress events

current = {"frame": None, "began": 0.0, "told": 0.0}


ours = []  # our own handlers, to tell them from a scene's


def watch(channel):
    def on_stats(*given):
        # An exception in a handler would go on to spoil the picture silently; so none leaves this one.
        try:
            tell(channel, next((one for one in given if isinstance(one, str)), ""))
        except Exception:
            pass

    ours.append(on_stats)
    bpy.app.handlers.render_stats.append(on_stats)


SAMPLES = re.compile(r"Sample (\d+)/(\d+)")


def tell(channel, stats):
    """`stats` is the text that handlers are given by newer releases; 3.4 gives none, and the worker reads the log."""
    now = time.monotonic()
    if current["frame"] is None or now - current["told"] < PAUSE:
        return
    current["told"] = now
    event = {"event": "progress", "frame": current["frame"], "memory": memory.now()}
    samples = SAMPLES.search(stats)
    if samples and int(samples.group(2)) > 0:
        event["fraction"] = min(1.0, int(samples.group(1)) / int(samples.group(2)))
    channel.send(event)


steps = Steps()


def render(chosen, channel, command):
    """Returns a command that was taken from the channel meanwhile and is still to be obeyed, or None. `order` of the
    command: `sequence` steps through the frames before this one that were not rendered here."""
    if row.suits(chosen.scene, command, ours):
        return in_a_row(chosen, channel, command)
    begin(channel, command)
    elsewhere = devices.problem(chosen)
    if elsewhere:
        event = failed("machine.gpu-failed", elsewhere)
    else:
        step = lambda at: channel.send({"event": "stepped", "frame": command["frame"], "at": at})
        event = attempt(chosen.scene, command, step)
    end(chosen, channel, event)
    return None


def in_a_row(chosen, channel, command):
    def began(command):
        begin(channel, command)
        steps.last = command["frame"]

    frames = row.Row(
        chosen.scene,
        began,
        arrived=lambda file: end(chosen, channel, rendered(file, [])),
        next_command=channel.next_command,
    )
    try:
        frames.render(command)
    except (Exception, SystemExit) as error:
        event = failure_of(error)
        if current["frame"] is not None:
            end(chosen, channel, event)
    return frames.left


def begin(channel, command):
    frame = command["frame"]
    current.update(frame=frame, began=time.monotonic())
    channel.send({"event": "started", "frame": frame})
    memory.start_peak()


def end(chosen, channel, event):
    event.update(frame=current["frame"])
    if event["event"] == "rendered":
        seconds = round(time.monotonic() - current["began"], 4)
        event.update(seconds=seconds, memory=memory.peak(), held=memory.now())
    else:
        event.update(scene=chosen.scene.name)
    current["frame"] = None
    channel.send(event)


def attempt(scene, command, step):
    frame, path = command["frame"], command["output"]
    try:
        if command.get("order") == "sequence":
            picture.discard(scene)
            steps.catch_up(scene, frame, step)
        picture.aim(scene, path)
        # The scene named in the call takes over the frame of the context's scene, so both are set.
        bpy.context.scene.frame_current = frame
        scene.frame_current = frame
        if scene.frame_current != frame:
            return failed("render.failed", "Blender has no frame %d" % frame)  # it takes the nearest it has
        steps.last = frame
        result = bpy.ops.render.render(write_still=True, scene=scene.name)
        if "FINISHED" not in result:
            return failed("render.failed", "Blender cancelled the render")
        return rendered(*picture.arrive(scene, path))
    except (Exception, SystemExit) as error:
        return failure_of(error)


def failure_of(error):
    if isinstance(error, Incomplete):
        return failed("render.no-file", str(error))
    if isinstance(error, RuntimeError):
        # bpy.ops raises this with the text of Blender's report; the worker knows what the texts mean.
        return failed("render.failed", str(error))
    if isinstance(error, OSError):
        # Of our own handling of the files: Blender's arrive as reports, and a scene's handlers keep theirs.
        return failed("render.failed", "cannot save: %s" % error)
    traceback.print_exception(type(error), error, error.__traceback__)
    return failed("render.python-error", "%s: %s" % (type(error).__name__, error))


def rendered(file, extras):
    return {"event": "rendered", "file": file, "extras": extras}


def failed(code, says):
    return {"event": "failed", "code": code, "says": says.strip()[:8000]}
