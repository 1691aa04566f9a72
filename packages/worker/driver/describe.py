"""What the scene says about itself, as it will be rendered."""

import traceback

import bpy

import cautions
import missing
import render
import sound
from history.order import order
from outputs import display, extras, picture, views
from overrides import MOST_NAMES, cameras

MOST_OUTPUTS = 1000


def describe(chosen):
    scene = chosen.scene
    settings = scene.render
    width, height = size(settings)
    absent, warnings = inspect(chosen)
    in_order, reasons = order(scene, render.ours)
    return {
        "blender": bpy.app.version_string.split()[0],
        "fileVersion": "%d.%d" % tuple(bpy.data.version[:2]),
        "scene": scene.name,
        "scenes": bpy.data.scenes.keys()[:MOST_NAMES],
        "camera": camera(scene),
        "cameras": sorted(cameras(scene))[:MOST_NAMES],
        "frameStart": scene.frame_start,
        "frameEnd": scene.frame_end,
        "frameStep": scene.frame_step,
        "fps": settings.fps,
        "fpsBase": settings.fps_base,
        "width": width,
        "height": height,
        "engine": settings.engine,
        "format": picture.asked_format(chosen),
        "isMovie": scene.name in chosen.movies,
        "movie": chosen.movies.get(scene.name),
        "extension": settings.file_extension,
        "colorMode": settings.image_settings.color_mode,
        "colorDepth": str(settings.image_settings.color_depth),
        "transparent": settings.film_transparent,
        "order": in_order,
        "orderReasons": [reason[:4096] for reason in reasons],
        "outputs": outputs(scene)[:MOST_OUTPUTS],
        "device": chosen.device_wish,
        "sound": heard(scene),
        "missing": absent,
        "warnings": chosen.warnings + warnings,
    }


def inspect(chosen):
    """These walk through every kind of data in every version of Blender; where they stumble, the scene still renders."""
    absent, warnings = [], []
    try:
        absent = missing.missing_files()
        warnings = cautions.cautions(chosen.scene, render.ours)
    except Exception as error:
        traceback.print_exc()
        warnings = ["Some of the scene could not be checked (%s: %s)." % (type(error).__name__, str(error)[:500])]
    return absent, warnings


def heard(scene):
    try:
        return sound.has_sound(scene)
    except Exception:
        traceback.print_exc()
        return False


def outputs(scene):
    """Pictures that come beside the frame's own: of the other views, and of File Output nodes."""
    found = [(name, scene.render.file_extension) for name in views.names(scene.render)[1:]]
    found += extras.expected(scene, picture.taken(scene, found))
    if display.wanted(scene):
        found.append((display.NAME, display.EXTENSION))
    return [{"name": name, "extension": extension} for name, extension in found]


def camera(scene):
    """The scene's, or the first that a marker brings: with markers alone Blender renders too."""
    if scene.camera:
        return scene.camera.name
    markers = sorted(scene.timeline_markers, key=lambda marker: marker.frame)
    return next((marker.camera.name for marker in markers if marker.camera), None)


def size(settings):
    """Pixels of the written file. Blender cuts fractions off at every step, so this does too."""
    width = settings.resolution_x * settings.resolution_percentage // 100
    height = settings.resolution_y * settings.resolution_percentage // 100
    if settings.use_border and settings.use_crop_to_border:
        left, right = int(settings.border_min_x * width), int(settings.border_max_x * width)
        bottom, top = int(settings.border_min_y * height), int(settings.border_max_y * height)
        width, height = right - left, top - bottom
    return views.stretched(settings, max(1, width), max(1, height))
