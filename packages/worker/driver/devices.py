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
    chosen.device_wish = chosen.device = None
    if scene.render.engine != "CYCLES" or not hasattr(scene, "cycles"):
        return
    chosen.device_wish = scene.cycles.device
    if chosen.device_wish == "GPU" and not device:
        chosen.warn(
            "The scene asks for a graphics card, and Cycles renders it on the processor. Submit it with --device gpu for"
            " workers with a card."
        )
    chosen.change(scene.cycles, "device", "GPU" if device else "CPU")
    if device and not use_only(device):
        raise Gone(device)
    chosen.device = device


def use_only(device):
    """Whether Cycles will render on this card and nothing beside it. With none in use it takes the processor and says
    nothing."""
    preferences = of_cycles()
    try:
        preferences.compute_device_type = device["kind"]
    except (AttributeError, TypeError):  # no Cycles, or a build without this kind
        return False
    devices_for(preferences, device["kind"])  # makes the entries of cards that are there now
    for one in preferences.devices:
        one.use = one.type == device["kind"] and one.id == device["id"]
    return in_use(device)


def in_use(device):
    preferences = of_cycles()
    there = {one.id for one in devices_for(preferences, device["kind"])}
    used = [one.id for one in preferences.devices if one.use]
    return preferences.compute_device_type == device["kind"] and used == [device["id"]] and device["id"] in there


def problem(chosen):
    """Why the next frame would not be rendered on the card it was promised, in a few words; None when it will be. A
    scene's own scripts can put Cycles elsewhere."""
    device = chosen.device
    if not device or chosen.scene.render.engine != "CYCLES":
        return None
    if chosen.scene.cycles.device != "GPU" or not in_use(device):
        return "Cycles would not have used the card %s" % device["name"]
    return None


class Gone(Exception):
    """The card that was there when the worker started is not there any more."""

    def __init__(self, device):
        super().__init__(device["name"])
        self.event = {"event": "gpu-gone", "name": device["name"][:1024]}
