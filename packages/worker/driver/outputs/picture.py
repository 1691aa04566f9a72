"""How a frame is written: the scene's own picture format, one plain file a frame, and what comes beside it."""

import os
import shutil

import bpy

from outputs import display, extras, views
from outputs.incomplete import Incomplete, has_bytes

BESIDE = ".part"
EXTRAS = ".extras"
DISPLAY = ".display" + display.EXTENSION


def prepare(chosen):
    """May be called again for the same scene."""
    scene = chosen.scene
    settings = scene.render
    if is_movie(settings):
        chosen.movies[scene.name] = movie_wish(settings)
        become_pictures(settings.image_settings)
        chosen.warn("The scene writes a movie; the farm renders PNG pictures and makes the film of them.")
    if settings.use_multiview:
        views.number_suffixes(chosen)
    settings.use_overwrite = True
    settings.use_placeholder = False
    settings.use_file_extension = True


def is_movie(settings):
    # `is_movie_format` is as old as 2.6; `media_type` came with 5.0.
    return settings.is_movie_format or getattr(settings.image_settings, "media_type", "") == "VIDEO"


def movie_wish(settings):
    """What the artist chose for the film. Of the formats only FFmpeg's has more to say than its name."""
    wish = {"format": settings.image_settings.file_format, "container": None, "codec": None, "audioCodec": None}
    if wish["format"] == "FFMPEG":
        chosen = settings.ffmpeg
        wish.update(container=str(chosen.format), codec=str(chosen.codec), audioCodec=str(chosen.audio_codec))
    return wish


def asked_format(chosen):
    """The scene's own word for what it writes, also when that was a movie."""
    if chosen.scene.name in chosen.movies:
        return chosen.movies[chosen.scene.name]["format"]
    return chosen.scene.render.image_settings.file_format


def become_pictures(image_settings):
    if hasattr(image_settings, "media_type"):
        image_settings.media_type = "IMAGE"  # 5.x offers PNG only after this
    image_settings.file_format = "PNG"
    image_settings.color_mode = "RGB"
    image_settings.color_depth = "8"


def aim(scene, path):
    """Points the scene, and what writes beside it, at files beside `path`, so that `path` appears complete or not at
    all. Only the extension is added: write_still does not expand `#`."""
    beside = path + BESIDE
    scene.render.filepath = extras.escaped(beside)
    extras.aim(scene, path + EXTRAS)
    for suffix in views.suffixes(scene.render):
        remove(beside + suffix + scene.render.file_extension)


def arrive(scene, path):
    """The finished file, and what came beside it as {"name", "file"}. Throws Incomplete."""
    extension = scene.render.file_extension
    found = []
    for suffix in views.suffixes(scene.render):
        beside = path + BESIDE + suffix + extension
        if not has_bytes(beside):
            raise Incomplete("no file was written" + (" for the view %s" % suffix if suffix else ""))
        found.append(beside)
    named = list(zip(views.names(scene.render)[1:], found[1:]))
    named += extras.written(scene, path + EXTRAS, taken(scene, named))
    if display.wanted(scene) and display.write(scene, path + DISPLAY):
        named.append((display.NAME, path + DISPLAY))
    os.replace(found[0], path + extension)
    flat = [beside_frame(path, at, *one) for at, one in enumerate(named)]
    shutil.rmtree(path + EXTRAS, ignore_errors=True)
    return path + extension, flat


def taken(scene, named):
    """Names that a node of the scene cannot have any more."""
    return {name.lower() for name, _ in named} | ({display.NAME.lower()} if display.wanted(scene) else set())


def beside_frame(path, at, name, file):
    """Into the frames' own folder: the worker takes nothing out of folders that Blender could exchange meanwhile."""
    flat = "%s.output-%d%s" % (path, at, os.path.splitext(file)[1].lower())
    os.replace(file, flat)
    return {"name": name, "file": flat}


def remove(path):
    try:
        os.remove(path)
    except FileNotFoundError:
        pass


def discard(scene):
    """Where what is written while frames are only stepped through may land."""
    extras.aim(scene, os.path.join(bpy.app.tempdir, "steps"))
