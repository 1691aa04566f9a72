"""A job's own choices on top of the scene's. Blender silently renders something else for a name it does not know; here
an unknown name is refused."""

import bpy

import devices
from outputs import formats, picture

MOST_NAMES = 500  # the worker reads lines of at most 1 MB
EEVEE = ("BLENDER_EEVEE", "BLENDER_EEVEE_NEXT")


class Chosen:
    """The scene to render, and what this session changed or could not do in it."""

    def __init__(self, scene):
        self.scene = self._own = scene
        self.movies = {}  # by scene name: what a scene that writes a movie wished for
        self._warnings = {}  # by scene name
        self.device_wish = None  # what the scene itself wants Cycles to render on
        self.device = None  # the card it is promised, None for the processor
        self._changes = []

    @property
    def warnings(self):
        return self._warnings.setdefault(self.scene.name, [])

    def warn(self, text):
        if text not in self.warnings:
            self.warnings.append(text)

    def change(self, owner, name, value):
        """Sets a property so that `put_back` finds its way home."""
        before = getattr(owner, name)
        setattr(owner, name, value)
        self._changes.append((owner, name, before))

    def put_back(self):
        """The file as it was opened: a session serves jobs with other wishes too."""
        while self._changes:
            owner, name, before = self._changes.pop()
            setattr(owner, name, before)
        if self.scene != self._own:
            choose_scene(self, self._own.name)


class Refused(Exception):
    def __init__(self, code, kind, name, known):
        super().__init__(name)
        self.event = {"event": "refused", "code": code, "kind": kind, "name": name, "known": sorted(known)[:MOST_NAMES]}


def apply(chosen, settings):
    """Everything counts from the file as it is, not from what was applied before."""
    chosen.put_back()
    if settings.get("scene") is not None:
        choose_scene(chosen, settings["scene"])
    scene = chosen.scene
    picture.prepare(chosen)
    if settings.get("format") is not None:
        formats.choose(chosen, settings["format"])
    if settings.get("viewLayer") is not None:
        choose_view_layer(chosen, settings["viewLayer"])
    if settings.get("camera") is not None:
        choose_camera(chosen, settings["camera"])
    if settings.get("engine") is not None:
        choose_engine(chosen, settings["engine"])
    if settings.get("samples") is not None:
        choose_samples(chosen, settings["samples"])
    if settings.get("denoise") is not None and hasattr(scene, "cycles"):
        chosen.change(scene.cycles, "use_denoising", settings["denoise"])
    if settings.get("scale") is not None:
        chosen.change(scene.render, "resolution_percentage", settings["scale"])
    if settings.get("threads") is not None:
        chosen.change(scene.render, "threads_mode", "FIXED")
        chosen.change(scene.render, "threads", settings["threads"])
    devices.choose(chosen, settings.get("device"))


def choose_scene(chosen, name):
    scene = bpy.data.scenes.get(name)
    if scene is None:
        raise Refused("scene.unknown-name", "scene", name, bpy.data.scenes.keys())
    # Files saved without a window have none here either; the render call names the scene once more.
    for manager in bpy.data.window_managers:
        for window in manager.windows:
            window.scene = scene
    chosen.scene = scene


def choose_view_layer(chosen, name):
    scene = chosen.scene
    if name not in scene.view_layers:
        raise Refused("scene.unknown-name", "view layer", name, scene.view_layers.keys())
    for layer in scene.view_layers:
        chosen.change(layer, "use", layer.name == name)


def choose_camera(chosen, name):
    scene = chosen.scene
    known = cameras(scene)
    if name not in known:
        raise Refused("scene.unknown-name", "camera", name, known)
    chosen.change(scene, "camera", known[name])
    # A camera on a marker wins over the scene's, so the chosen one would last until the next marker.
    for marker in scene.timeline_markers:
        chosen.change(marker, "camera", None)


def cameras(scene):
    return {object.name: object for object in scene.objects if object.type == "CAMERA"}


def choose_engine(chosen, name):
    # EEVEE had another name from 4.2 to 4.5; who asks for it means the one this Blender has.
    names = [name] + [other for other in EEVEE if name in EEVEE and other != name]
    for candidate in names:
        try:
            chosen.change(chosen.scene.render, "engine", candidate)
            return
        except TypeError as error:
            known = known_engines(str(error))
    raise Refused("scene.unknown-engine", "engine", name, known)


def known_engines(text):
    """Engines register at run time, and only the refusal lists them: enum "X" not found in ('A', 'B')."""
    return [part for part in text.partition("not found in")[2].split("'") if part.strip("(), ")]


def choose_samples(chosen, samples):
    scene = chosen.scene
    engine = scene.render.engine
    if engine == "CYCLES" and hasattr(scene, "cycles"):
        chosen.change(scene.cycles, "samples", samples)
    elif engine in EEVEE:
        chosen.change(scene.eevee, "taa_render_samples", samples)
    else:
        chosen.warn("The engine %s has no sample count; the one asked for is ignored." % engine)
