"""Which programs a scene carries, and whether they run: a scene whose rig is one looks different without it."""

import sys

import bpy

MOST_NAMES = 10
HANDLERS = "bpy.app.handlers"


def script_cautions(scene, ours):
    """Sentences; `ours` are the driver's own handlers."""
    found = trusted(ours) if "--enable-autoexec" in sys.argv else untrusted()
    styles = style_modules(scene)
    if styles:
        found.append(
            "Freestyle style modules are programs, and run whether or not scripts are trusted: %s." % told(styles)
        )
    return found


def untrusted():
    found = []
    texts = registered()
    if texts:
        found.append("Scripts are off: %s would run when the scene is opened." % told(texts))
    acting = [text.name for text in bpy.data.texts if text.use_module and HANDLERS in text.as_string()]
    if acting:
        found.append("Scripts are off: handlers, which act at each frame or event, would come from %s." % told(acting))
    drivers = [name for name, driver in python_drivers() if not driver.is_valid]
    if drivers:
        found.append("Scripts are off: drivers that need more than a simple expression do nothing: %s." % told(drivers))
    if bpy.app.autoexec_fail and not found:
        what = bpy.app.autoexec_fail_message or "a script"
        found.append("Scripts are off: %s did not run." % what)
    if found:
        found.append("The picture may depend on these: submit it with --trust-scripts to let them run.")
    return found


def trusted(ours):
    found = []
    texts = registered()
    if texts:
        found.append("Scripts are trusted: %s ran when the scene was opened." % told(texts))
    names = handlers(ours)
    if names:
        found.append("Scripts are trusted: handlers act at each frame or event: %s." % told(names))
    drivers = [name for name, _ in python_drivers()]
    if drivers:
        found.append("Scripts are trusted: drivers run Python: %s." % told(drivers))
    return found


def registered():
    return [text.name for text in bpy.data.texts if text.use_module]


def python_drivers():
    """Drivers that Blender does not evaluate by itself. Data-blocks hide their node trees; all else is in the map."""
    for block in bpy.data.user_map():
        for owner in (block, getattr(block, "node_tree", None)):
            animation = getattr(owner, "animation_data", None)
            for curve in animation.drivers if animation else ():
                if curve.driver.type == "SCRIPTED" and not curve.driver.is_simple_expression:
                    yield "%s %s" % (block.name, curve.data_path), curve.driver


def handlers(ours):
    addons = set(bpy.context.preferences.addons.keys())
    names = []
    for kind in dir(bpy.app.handlers):
        functions = getattr(bpy.app.handlers, kind)
        for function in functions if isinstance(functions, list) else ():
            module = (getattr(function, "__module__", None) or "").split(".")[0]
            if function not in ours and module not in addons:
                names.append("%s (%s)" % (getattr(function, "__name__", "a function"), kind))
    return names


def style_modules(scene):
    if not scene.render.use_freestyle:
        return []
    settings = [layer.freestyle_settings for layer in scene.view_layers if layer.use_freestyle]
    modules = [module for one in settings if one.mode == "SCRIPT" for module in one.modules]
    return [module.script.name for module in modules if module.use and module.script]


def told(names):
    different = sorted(set(names))
    more = len(different) - MOST_NAMES
    return ", ".join(different[:MOST_NAMES]) + (" and %d more" % more if more > 0 else "")
