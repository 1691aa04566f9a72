"""The loop: one command, its answer, the next command."""

import bpy

import describe
import output
import overrides
import render


def serve(channel):
    chosen = overrides.Chosen(bpy.context.scene)
    output.prepare(chosen)
    render.watch(channel)
    channel.send({"event": "ready", "blender": bpy.app.version_string.split()[0]})
    while True:
        command = channel.next_command()
        what = command.get("do")
        if what == "set":
            channel.send(settle(chosen, command.get("settings", {})))
        elif what == "describe":
            channel.send({"event": "described", "report": describe.describe(chosen)})
        elif what == "render":
            render.render(chosen, channel, command["frame"], command["output"])


def settle(chosen, settings):
    try:
        overrides.apply(chosen, settings)
    except overrides.Refused as refused:
        return refused.event
    output.prepare(chosen)
    return {"event": "set"}
