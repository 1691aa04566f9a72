"""Bytes this process holds, and held at most. None where the system does not tell."""

import sys

try:
    import resource
except ImportError:  # Windows
    resource = None


def now():
    return _status("VmRSS:")


def start_peak():
    """Linux alone can start a new peak; elsewhere the peak is that of the process's whole life."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass


def peak():
    measured = _status("VmHWM:")
    if measured is not None or resource is None:
        return measured
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _status(field):
    try:
        with open("/proc/self/status", "rb") as file:
            for line in file:
                if line.startswith(field.encode()):
                    return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return None
