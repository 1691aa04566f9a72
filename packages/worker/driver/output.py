"""How a frame is written: the scene's own picture format, one plain file a frame, nothing else anywhere."""

import os

import bpy

BESIDE = ".part"


def prepare(chosen):
    """May be called again for the same scene."""
    scene = chosen.scene
    settings = scene.render
    chosen.written_formats.setdefault(scene.name, settings.image_settings.file_format)
    if is_movie(settings):
        become_pictures(settings.image_settings)
        chosen.warn("The scene writes a movie; the farm renders PNG pictures and makes the film of them.")
    settings.use_overwrite = True
    settings.use_placeholder = False
    settings.use_file_extension = True
    if settings.use_multiview:
        settings.use_multiview = False
        chosen.warn("The scene is in stereo, which writes several files a frame; it is rendered for one eye.")
    silence_file_outputs(chosen)


def is_movie(settings):
    # `is_movie_format` is as old as 2.6; `media_type` came with 5.0.
    return settings.is_movie_format or getattr(settings.image_settings, "media_type", "") == "VIDEO"


def asked_format(chosen):
    return chosen.written_formats[chosen.scene.name]


def become_pictures(image_settings):
    if hasattr(image_settings, "media_type"):
        image_settings.media_type = "IMAGE"  # 5.x offers PNG only after this
    image_settings.file_format = "PNG"
    image_settings.color_mode = "RGB"
    image_settings.color_depth = "8"


def silence_file_outputs(chosen):
    """File Output nodes write to folders of the artist's computer. Muted, they do not change the picture."""
    tree = compositing_tree(chosen.scene)
    muted = False
    for node in tree.nodes if tree else ():
        if node.bl_idname == "CompositorNodeOutputFile" and not node.mute:
            node.mute = muted = True
    if muted:
        chosen.warn("The scene's File Output nodes are off: the farm brings the composite only.")


def compositing_tree(scene):
    if hasattr(scene, "compositing_node_group"):  # from 5.0
        return scene.compositing_node_group
    return scene.node_tree if scene.use_nodes else None


def aim(scene, path):
    """Points the scene at a file beside `path` and returns its real name, so that `path` appears complete or not at
    all. Only the extension is added: write_still does not expand `#`."""
    beside = path + BESIDE
    # From 4.5 braces in a path are templates, and two of them are one.
    scene.render.filepath = beside.replace("{", "{{").replace("}", "}}") if bpy.app.version >= (4, 5) else beside
    return beside + scene.render.file_extension


def arrive(beside, path, extension):
    """The finished file's name, or None when there is none or nothing in it."""
    try:
        if os.path.getsize(beside) == 0:
            return None
    except OSError:
        return None
    os.replace(beside, path + extension)
    return path + extension
