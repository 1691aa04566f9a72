"""The loop: one command, its answer, the next command."""

import bpy

import compare
import describe
import devices
import overrides
import render
import sound
from outputs import picture


def serve(channel):
    chosen = overrides.Chosen(bpy.context.scene)
    picture.prepare(chosen)
    render.watch(channel)
    channel.send({"event": "ready", "blender": bpy.app.version_string.split()[0]})
    left = None
    while True:
        command = left or channel.next_command()
        left = None
        what = command.get("do")
        if what == "set":
            channel.send(settle(chosen, command.get("settings", {})))
        elif what == "describe":
            channel.send({"event": "described", "report": describe.describe(chosen)})
        elif what == "render":
            left = render.render(chosen, channel, command)
        elif what == "devices":
            channel.send({"event": "devices", "devices": devices.found()})
        elif what == "mix":
            channel.send(sound.mix(chosen.scene, command["first"], command["last"], command["output"]))
        elif what == "compare":
            channel.send(compare.compare(command["first"], command["second"]))


def settle(chosen, settings):
    try:
        overrides.apply(chosen, settings)
    except (overrides.Refused, devices.Gone) as refused:
        return refused.event
    return {"event": "set"}
