"""The scene's sound: what is heard of strips and speakers, mixed by Blender into one file."""

import traceback

import bpy


def has_sound(scene):
    strips = getattr(scene.sequence_editor, "sequences_all", None) or getattr(scene.sequence_editor, "strips_all", [])
    if any(audible(strip) for strip in strips):
        return True
    return any(thing.type == "SPEAKER" and thing.data.sound and not thing.data.muted for thing in scene.objects)


def audible(strip):
    """A strip of another scene may bring that scene's sound."""
    if strip.mute:
        return False
    if strip.type == "SCENE":
        return strip.scene is not None and strip.scene != strip.id_data and has_sound(strip.scene)
    return strip.type == "SOUND"


def mix(scene, first, last, path):
    """Writes the sound of these frames, whole, as FLAC. The scene's range is put back."""
    before = scene.frame_start, scene.frame_end
    try:
        # An end before the start is moved along with it, and the other way round, so the order matters.
        scene.frame_end = max(last, before[1])
        scene.frame_start = first
        scene.frame_end = last
        result = bpy.ops.sound.mixdown(filepath=path, container="FLAC", codec="FLAC", format="S24", check_existing=False)
        if "FINISHED" not in result:
            return failed("Blender cancelled mixing it")
        return {"event": "mixed", "file": path, "why": ""}
    except (Exception, SystemExit) as error:
        traceback.print_exc()
        return failed("%s" % error)
    finally:
        scene.frame_start = min(before)
        scene.frame_end = before[1]
        scene.frame_start = before[0]


def failed(why):
    return {"event": "mixed", "file": None, "why": why.strip()[:900]}
