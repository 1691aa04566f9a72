"""One frame.

`scene.frame_current = n` with `render(write_still=True)` was measured against `blender -f n`: the same pixels for
Workbench, EEVEE, Cycles, compositor, sequencer, drivers and cameras on markers, in any order of frames, and the same
handlers are called. `render(animation=True)` does too but needs the scene's range changed, which drivers can see;
`frame_set(n)` evaluates the whole scene twice.
"""

import os
import re
import time
import traceback

import bpy

import devices
import memory
from history.steps import Steps
from outputs import picture
from outputs.incomplete import Incomplete

PAUSE = 0.25  # seconds between two progress events

current = {"frame": None, "told": 0.0}


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
    """`order` of the command: `sequence` steps through the frames before this one that were not rendered here."""
    frame, path = command["frame"], command["output"]
    current["frame"] = frame
    channel.send({"event": "started", "frame": frame})
    memory.start_peak()
    began = time.monotonic()
    in_sequence = command.get("order") == "sequence"
    elsewhere = devices.problem(chosen)
    if elsewhere:
        event = failed("machine.gpu-failed", elsewhere)
    else:
        step = lambda at: channel.send({"event": "stepped", "frame": frame, "at": at})
        event = attempt(chosen.scene, frame, path, in_sequence, step)
    current["frame"] = None
    event.update(frame=frame)
    if event["event"] == "rendered":
        event.update(seconds=round(time.monotonic() - began, 4), memory=memory.peak(), held=memory.now())
    else:
        event.update(scene=chosen.scene.name)
    channel.send(event)


def attempt(scene, frame, path, in_sequence, told):
    try:
        if in_sequence:
            picture.discard(scene)
            steps.catch_up(scene, frame, told)
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
        file, extras = picture.arrive(scene, path)
        return {"event": "rendered", "file": file, "extras": extras}
    except Incomplete as error:
        return failed("render.no-file", str(error))
    except RuntimeError as error:
        # bpy.ops raises this with the text of Blender's report; the worker knows what the texts mean.
        return failed("render.failed", str(error))
    except OSError as error:
        # Of our own handling of the files: Blender's arrive as reports, and a scene's handlers keep theirs.
        return failed("render.failed", "cannot save: %s" % error)
    except (Exception, SystemExit) as error:
        traceback.print_exc()
        return failed("render.python-error", "%s: %s" % (type(error).__name__, error))


def failed(code, says):
    return {"event": "failed", "code": code, "says": says.strip()[:8000]}
