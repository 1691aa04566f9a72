"""The private pipe to the worker, and the promise that Blender never outlives it."""

import ctypes
import json
import os
import queue
import signal
import sys
import threading


class Channel:
    """Commands come in through a thread of their own: bpy.ops lets other Python threads run while it renders
    (measured: gaps of at most 36 ms in 3.4), so the end of the pipe is seen in the middle of a frame too."""

    def __init__(self, in_descriptor, out_descriptor):
        for descriptor in (in_descriptor, out_descriptor):
            os.set_inheritable(descriptor, False)
        self._in = os.fdopen(in_descriptor, "rb")
        self._out = os.fdopen(out_descriptor, "wb", buffering=0)
        self._lock = threading.Lock()
        self._queue = queue.Queue()
        threading.Thread(target=self._read, name="farm-channel", daemon=True).start()

    def send(self, event):
        line = json.dumps(event).encode("ascii") + b"\n"
        with self._lock:
            while line:
                line = line[self._out.write(line) :]

    def next_command(self):
        return self._queue.get()

    def _read(self):
        for line in self._in:
            try:
                command = json.loads(line)
            except ValueError:
                continue
            if command.get("do") == "quit":
                break
            self._queue.put(command)
        # Not sys.exit: a render may be under way in C, and nobody is left to save anything for.
        os._exit(0)


def die_with_parent():
    """Linux only, a second safety: the kernel kills Blender when the thread that started it is gone."""
    if not sys.platform.startswith("linux"):
        return
    pr_set_pdeathsig = 1
    try:
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL, 0, 0, 0)
    except (OSError, AttributeError):
        pass
