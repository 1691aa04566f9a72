"""What may make the farm's picture differ from the artist's: told before anything renders, decided by people."""

import bpy

SIMULATIONS = {"CLOTH", "SOFT_BODY", "PARTICLE_SYSTEM", "FLUID", "DYNAMIC_PAINT"}


def cautions(scene):
    found = []
    version = tuple(bpy.data.version[:2])
    if version > tuple(bpy.app.version[:2]):
        found.append("The file was saved by Blender %d.%d, newer than this one: parts of it may be lost." % version)
    if bpy.app.autoexec_fail:
        what = bpy.app.autoexec_fail_message or "a script"
        found.append("Scripts of the scene are off (%s): its picture may depend on them." % what)
    absent = sum(1 for block in linked_blocks() if getattr(block, "is_missing", False))
    if absent:
        found.append("%d linked data-blocks are not in their libraries." % absent)
    unbaked = sorted({object.name for object in scene.objects if has_unbaked(object)})
    if unbaked:
        names = ", ".join(unbaked[:10]) + (", …" if len(unbaked) > 10 else "")
        found.append("Simulations are not baked (%s): frames rendered out of order may differ." % names)
    world = scene.rigidbody_world
    if world and world.enabled and world.point_cache and not world.point_cache.is_baked:
        found.append("The rigid body simulation is not baked: frames rendered out of order may differ.")
    return [text[:4096] for text in found]


def linked_blocks():
    for block in bpy.data.user_map():
        if block.library:
            yield block


def has_unbaked(object):
    return any(is_unbaked(modifier) for modifier in object.modifiers if modifier.show_render)


def is_unbaked(modifier):
    if modifier.type not in SIMULATIONS:
        return False
    if modifier.type == "FLUID":
        domain = modifier.domain_settings if modifier.fluid_type == "DOMAIN" else None
        return bool(domain) and not domain.has_cache_baked_data
    if modifier.type == "PARTICLE_SYSTEM":
        system = modifier.particle_system
        moves = system.settings.type == "EMITTER" or system.use_hair_dynamics
        return moves and not system.point_cache.is_baked
    if modifier.type == "DYNAMIC_PAINT":
        canvas = modifier.canvas_settings
        surfaces = canvas.canvas_surfaces if canvas else ()
        return any(not surface.point_cache.is_baked for surface in surfaces if surface.is_active)
    return not modifier.point_cache.is_baked
