"""Which programs a scene carries, and whether they run: a scene whose rig is one looks different without it."""

import math
import sys

import bpy

MOST_NAMES = 10
# What an expression may name while scripts are off, besides its own variables (bpy_driver.c).
HARMLESS = {"all", "any", "len", "max", "min", "pow", "round", "sum", "bool", "float", "int"} | set(dir(math))
HARMLESS |= {"frame", "self", "clamp", "lerp", "smoothstep"}
HANDLERS = "bpy.app.handlers"


def script_cautions(scene, ours):
    """Sentences; `ours` are the driver's own handlers."""
    drivers = list(all_drivers())
    trusts = "--enable-autoexec" in sys.argv
    found = trusted(ours, drivers) if trusts else untrusted(drivers)
    failing = [name for name, driver in drivers if not driver.is_valid and (trusts or not is_barred(driver))]
    if failing:
        found.append("Drivers fail, and their properties stay as they were saved: %s." % told(failing))
    styles = style_modules(scene)
    if styles:
        found.append(
            "Freestyle style modules are programs, and run whether or not scripts are trusted: %s." % told(styles)
        )
    return found


def untrusted(drivers):
    found = []
    texts = registered()
    if texts:
        found.append("Scripts are off: %s would run when the scene is opened." % told(texts))
    acting = [text.name for text in bpy.data.texts if text.use_module and HANDLERS in text.as_string()]
    if acting:
        found.append("Scripts are off: handlers, which act at each frame or event, would come from %s." % told(acting))
    barred = [name for name, driver in drivers if is_barred(driver)]
    if barred:
        found.append("Scripts are off: drivers that need more than a simple expression do nothing: %s." % told(barred))
    if bpy.app.autoexec_fail and not found:
        what = bpy.app.autoexec_fail_message or "a script"
        found.append("Scripts are off: %s did not run." % what)
    if found:
        found.append("The picture may depend on these: submit it with --trust-scripts to let them run.")
    return found


def trusted(ours, drivers):
    found = []
    texts = registered()
    if texts:
        found.append("Scripts are trusted: %s ran when the scene was opened." % told(texts))
    names = handlers(ours)
    if names:
        found.append("Scripts are trusted: handlers act at each frame or event: %s." % told(names))
    python = [name for name, driver in drivers if needs_python(driver)]
    if python:
        found.append("Scripts are trusted: drivers run Python: %s." % told(python))
    return found


def registered():
    return [text.name for text in bpy.data.texts if text.use_module]


def all_drivers():
    """Data-blocks hide their node trees; all else is in the map."""
    for block in bpy.data.user_map():
        for owner in (block, getattr(block, "node_tree", None)):
            animation = getattr(owner, "animation_data", None)
            for curve in animation.drivers if animation else ():
                yield "%s %s" % (block.name, curve.data_path), curve.driver


def needs_python(driver):
    """Simple expressions Blender evaluates by itself."""
    return driver.type == "SCRIPTED" and not driver.is_simple_expression


def is_barred(driver):
    """Whether scripts that are off keep it from running. Its own flag tells only if Blender has tried it, which it does
    not for what the viewport does not show."""
    if not needs_python(driver):
        return False
    try:
        names = set(compile(driver.expression, "", "eval").co_names)
    except (SyntaxError, ValueError):
        return False
    return bool(names - HARMLESS - {variable.name for variable in driver.variables})


def handlers(ours):
    addons = set(bpy.context.preferences.addons.keys())
    names = []
    for kind in dir(bpy.app.handlers):
        functions = getattr(bpy.app.handlers, kind)
        for function in functions if isinstance(functions, list) else ():
            module = (getattr(function, "__module__", None) or "").split(".")[0]
            if function not in ours and module not in addons and not is_blenders(function):
                names.append("%s (%s)" % (getattr(function, "__name__", "a function"), kind))
    return names


def is_blenders(function):
    """5.0 has handlers of its own, in the scripts that come with it."""
    file = getattr(getattr(function, "__code__", None), "co_filename", "")
    return any(file.startswith(folder) for folder in bpy.utils.script_paths(use_user=False, check_all=False))


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
