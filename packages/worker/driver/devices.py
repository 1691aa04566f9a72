"""Graphics cards as Cycles sees them. The preferences are those of this process alone."""

import bpy

BEST_FIRST = ("OPTIX", "CUDA", "HIP", "METAL", "ONEAPI")


def found():
    """Each card once, by the fastest way Blender has to it: [{"kind", "id", "name"}]. Empty where there is none."""
    preferences = of_cycles()
    devices, seen = [], set()
    for kind in BEST_FIRST if preferences else ():
        for device in devices_for(preferences, kind):
            # OptiX and CUDA list the same card with the same bus address in its id.
            card = device.id.replace("_OptiX", "")
            if card not in seen:
                seen.add(card)
                devices.append({"kind": kind, "id": device.id, "name": device.name})
    return devices


def of_cycles():
    addon = bpy.context.preferences.addons.get("cycles")
    return addon.preferences if addon else None


def devices_for(preferences, kind):
    try:
        devices = preferences.get_devices_for_type(kind)
    except (AttributeError, TypeError, ValueError):  # a kind this build does not know
        return []
    return [device for device in devices if device.type == kind]


def choose(chosen, device):
    """`device` is None for the processor, or one of `found`. A card that is gone is an error, never the processor."""
    scene = chosen.scene
    chosen.device_wish = None
    if scene.render.engine != "CYCLES" or not hasattr(scene, "cycles"):
        return
    chosen.device_wish = scene.cycles.device
    if chosen.device_wish == "GPU" and not device:
        chosen.warn("The scene asks for a graphics card, and this slot has none: Cycles renders on the processor.")
    chosen.change(scene.cycles, "device", "GPU" if device else "CPU")
    if not device:
        return
    preferences = of_cycles()
    preferences.compute_device_type = device["kind"]
    wanted = False
    for one in devices_for(preferences, device["kind"]):
        one.use = one.id == device["id"]
        wanted = wanted or one.use
    if not wanted:
        raise Gone(device)


class Gone(Exception):
    """The card that was there when the worker started is not there any more."""

    def __init__(self, device):
        super().__init__(device["name"])
        self.event = {"event": "gpu-gone", "name": device["name"][:1024]}
