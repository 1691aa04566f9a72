"""Run inside the installed Blender by `akashganga blender add --installed`: says which files it consists of.

Renders two tiny pictures first, so that everything loaded only then (graphics drivers, their compilers) is loaded,
and then reads from the kernel which libraries are in use. The answer is JSON in the file named after `--`.
"""

import json
import os
import sys
import sysconfig

import bpy


def folder_of(kind, name):
    """The folder of Blender's own resources: beside the program in official builds, in /usr/share in others."""
    for where in ("LOCAL", "SYSTEM"):
        folder = os.path.join(bpy.utils.resource_path(where), name)
        if os.path.isdir(folder):
            return folder
    return bpy.utils.system_resource(kind) or None


def load_what_rendering_needs(picture):
    scene = bpy.context.scene
    scene.render.resolution_x = scene.render.resolution_y = 16
    scene.render.filepath = picture
    for engine in ("BLENDER_WORKBENCH", "CYCLES"):
        try:
            if engine == "CYCLES":
                import addon_utils

                addon_utils.enable("cycles")
            scene.render.engine = engine
            if engine == "CYCLES":
                import _cycles

                scene.cycles.samples = 1
                scene.cycles.use_denoising = getattr(_cycles, "with_openimagedenoise", False)
            bpy.ops.render.render(write_still=True)
        except Exception as error:  # A Blender without this engine can still be handed out.
            print(f"{engine}: {error}", file=sys.stderr)


def python_extras():
    """Modules beside Python's own that add-ons of Blender use; some systems keep numpy apart."""
    found = {}
    for name in ("numpy",):
        try:
            found[name] = os.path.dirname(__import__(name).__file__)
        except ImportError:
            pass
    return found


def libraries_in_use():
    with open("/proc/self/maps", encoding="utf-8") as maps:
        paths = {line.split(maxsplit=5)[5].strip() for line in maps if "/" in line}
    return sorted(path for path in paths if ".so" in os.path.basename(path) and os.path.isfile(path))


def main():
    answer = sys.argv[sys.argv.index("--") + 1]
    load_what_rendering_needs(answer + ".png")
    facts = {
        "version": bpy.app.version_string.split()[0],
        "program": os.path.realpath("/proc/self/exe"),
        "scripts": folder_of("SCRIPTS", "scripts"),
        "datafiles": folder_of("DATAFILES", "datafiles"),
        "prefix": sys.prefix,
        "python": sysconfig.get_path("stdlib"),
        "extras": python_extras(),
        "libraries": libraries_in_use(),
    }
    with open(answer, "w", encoding="utf-8") as file:
        json.dump(facts, file)


main()
