"""Makes the scenes of sound.test.ts: blender -b --factory-startup --python this.py -- FOLDER, which has clicks.wav"""

import os
import sys

import bpy

folder = sys.argv[sys.argv.index("--") + 1]


def start():
    bpy.ops.wm.read_factory_settings(use_empty=False)
    scene = bpy.context.scene
    scene.render.engine = "BLENDER_WORKBENCH"
    scene.frame_start, scene.frame_end = 1, 50
    scene.render.resolution_x, scene.render.resolution_y = 64, 36
    scene.render.fps, scene.render.fps_base = 30, 1.001
    return scene


def save(name):
    bpy.ops.wm.save_as_mainfile(filepath=os.path.join(folder, name + ".blend"), relative_remap=False)


scene = start()
strip = scene.sequence_editor_create().sequences.new_sound("Clicks", os.path.join(folder, "clicks.wav"), 1, 1)
# The sequencer has no picture here; the scene renders its camera.
scene.render.use_sequencer = False
save("strips")

scene = start()
sound = bpy.data.sounds.load(os.path.join(folder, "clicks.wav"))
bpy.ops.object.speaker_add(location=bpy.data.objects["Camera"].location)
speaker = bpy.context.object.data
speaker.sound, speaker.attenuation = sound, 0
save("speaker")

start()
save("silent")
