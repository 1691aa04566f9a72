"""Runs inside Blender: renders frame after frame as it is told by JSON lines on a private pipe.

Blender 2.93 to 5.x, so nothing newer than Python 3.9. What is read from stdout is only a log; every promise is made
on the pipe. The commands and events are those of src/session/driver-events.ts.
"""

import os
import sys

sys.dont_write_bytecode = True  # this folder may be read-only, and is shared by several Blenders
here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)
try:
    import channel
    import serve
    import waiting
finally:
    # A scene's own scripts must not find our modules by accident.
    sys.path.remove(here)


def descriptor(name):
    arguments = sys.argv[sys.argv.index("--") + 1 :]
    return int(arguments[arguments.index(name) + 1])


channel.die_with_parent()
pipe = channel.Channel(descriptor("--in"), descriptor("--out"))
if "--wait" in sys.argv:
    waiting.open_when_told(pipe)
serve.serve(pipe)
