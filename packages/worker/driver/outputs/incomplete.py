"""Blender says that it finished whether or not its files are there."""

import os


class Incomplete(Exception):
    pass


def has_bytes(path):
    try:
        return os.path.getsize(path) > 0
    except OSError:
        return False
