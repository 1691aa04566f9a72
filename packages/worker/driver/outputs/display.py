"""Light is not what is seen. Beside a picture of light (OpenEXR, Radiance) goes the same picture as the scene shows it:
with its view transform, exposure, gamma and look, made by Blender itself. Films and pages are made of that one."""

import traceback

import bpy

from outputs import views

NAME = "Display"
EXTENSION = ".png"
LIGHT = ("OPEN_EXR", "OPEN_EXR_MULTILAYER", "HDR")


def wanted(scene):
    # Of several views no one could tell whose it is.
    return scene.render.image_settings.file_format in LIGHT and len(views.used(scene.render)) == 0


def write(scene, path):
    """The file, or None: a frame without it is whole, so nothing here may spoil one."""
    settings = scene.render.image_settings
    kept = {name: getattr(settings, name) for name in kept_names(settings)}
    try:
        become_png(settings)
        bpy.data.images["Render Result"].save_render(path, scene=scene)
        return path
    except Exception:
        traceback.print_exc()
        return None
    finally:
        for name, value in kept.items():
            setattr(settings, name, value)


def kept_names(settings):
    """In the order in which they can be set: the format decides what the others may be."""
    names = ("media_type", "file_format", "color_mode", "color_depth", "compression")
    return [name for name in names if hasattr(settings, name)]


def become_png(settings):
    mode = settings.color_mode
    if hasattr(settings, "media_type"):
        settings.media_type = "IMAGE"  # 5.x offers PNG only after this
    settings.file_format = "PNG"
    settings.color_mode = mode if mode in ("BW", "RGB", "RGBA") else "RGB"
    settings.color_depth = "16"
    settings.compression = 15
