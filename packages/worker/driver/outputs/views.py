"""Stereo and multiview: one file a view where the scene wants that, else one file that holds all views."""

from outputs.names import safe


def used(settings):
    """The views Blender renders; with one alone there is nothing to tell apart and no suffix."""
    if not settings.use_multiview:
        return []
    views = settings.stereo_views if settings.views_format == "STEREO_3D" else settings.views
    views = [view for view in views if view.use]
    return views if len(views) > 1 else []


def apart(settings):
    return used(settings) if settings.image_settings.views_format == "INDIVIDUAL" else []


def suffixes(settings):
    """What Blender puts before the extension of each file, the main picture's first."""
    return [view.file_suffix for view in apart(settings)] or [""]


def names(settings):
    return [safe(view.name) for view in apart(settings)] or [""]


def by_suffix(settings):
    return {view.file_suffix: safe(view.name) for view in used(settings)}


def number_suffixes(chosen):
    """An artist's suffix becomes a part of a path."""
    for number, view in enumerate(chosen.scene.render.views):
        chosen.change(view, "file_suffix", "_view%d" % number)


def stretched(settings, width, height):
    """Two eyes in one picture, side by side or one above the other, need twice the room."""
    image = settings.image_settings
    if len(used(settings)) < 2 or image.views_format != "STEREO_3D":
        return width, height
    eyes = image.stereo_3d_format
    if eyes.display_mode == "SIDEBYSIDE" and not eyes.use_squeezed_frame:
        return width * 2, height
    if eyes.display_mode == "TOPBOTTOM" and not eyes.use_squeezed_frame:
        return width, height * 2
    return width, height
