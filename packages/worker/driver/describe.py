"""What the scene says about itself, as it will be rendered."""

import traceback

import bpy

import cautions
import missing
import output
from overrides import MOST_NAMES, cameras


def describe(chosen):
    scene = chosen.scene
    settings = scene.render
    width, height = size(settings)
    absent, warnings = inspect(chosen)
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
        "format": output.asked_format(chosen),
        "isMovie": output.asked_format(chosen) != settings.image_settings.file_format,
        "extension": settings.file_extension,
        "colorMode": settings.image_settings.color_mode,
        "colorDepth": str(settings.image_settings.color_depth),
        "missing": absent,
        "warnings": chosen.warnings + warnings,
    }


def inspect(chosen):
    """These walk through every kind of data in every version of Blender; where they stumble, the scene still renders."""
    absent, warnings = [], []
    try:
        absent = missing.missing_files()
        warnings = cautions.cautions(chosen.scene)
    except Exception as error:
        traceback.print_exc()
        warnings = ["Some of the scene could not be checked (%s: %s)." % (type(error).__name__, str(error)[:500])]
    return absent, warnings


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
    return max(1, width), max(1, height)
