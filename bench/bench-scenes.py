"""Makes the scenes of session.ts and farm.ts: blender -b --factory-startup --python this.py -- FOLDER NAME …"""

import math
import sys

import bpy

folder, *wanted = sys.argv[sys.argv.index("--") + 1 :]


def start(engine, width, height, last):
    bpy.ops.wm.read_factory_settings(use_empty=False)
    scene = bpy.context.scene
    scene.render.engine = engine
    scene.frame_start, scene.frame_end = 1, last
    scene.render.resolution_x, scene.render.resolution_y = width, height
    scene.render.resolution_percentage = 100
    cube = bpy.data.objects["Cube"]
    cube.keyframe_insert("rotation_euler", frame=1)
    cube.rotation_euler = (0, 0, 2 * math.pi)
    cube.keyframe_insert("rotation_euler", frame=last)
    return scene


def cycles(scene, samples):
    scene.cycles.samples = samples
    scene.cycles.use_denoising = scene.cycles.use_adaptive_sampling = False


def workbench():
    start("BLENDER_WORKBENCH", 480, 270, 40)


def eevee():
    start("BLENDER_EEVEE", 240, 135, 40).eevee.taa_render_samples = 2


def light_cycles():
    cycles(start("CYCLES", 320, 180, 40), 4)


def heavy():
    """A file of some 150 MB whose picture is quick to draw: what counts is how often it is opened."""
    start("BLENDER_WORKBENCH", 480, 270, 40)
    bpy.ops.mesh.primitive_grid_add(x_subdivisions=1200, y_subdivisions=1200, size=6)


def reference():
    """About one second of one core for each of 40 frames."""
    cycles(start("CYCLES", 480, 270, 40), 24)


for name in wanted:
    {"workbench": workbench, "eevee": eevee, "cycles": light_cycles, "heavy": heavy, "reference": reference}[name]()
    bpy.ops.wm.save_as_mainfile(filepath="%s/%s.blend" % (folder, name))
