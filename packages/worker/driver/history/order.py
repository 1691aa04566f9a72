"""In which order the frames of this scene may be rendered. This is the one place with the rule; the guide says why.

`any`: a frame depends on its number alone. `sequence`: it is made from the frames before it, so they are stepped
through first, and what comes out is what one Blender makes of the whole range, frame after frame. `cold`: nothing is known of what stays
behind in the process, so each frame has one of its own.
"""

import bpy

SIMULATIONS = {"CLOTH", "SOFT_BODY", "PARTICLE_SYSTEM", "FLUID", "DYNAMIC_PAINT"}
OWN_ENGINES = {"CYCLES", "BLENDER_EEVEE", "BLENDER_EEVEE_NEXT", "BLENDER_WORKBENCH", "HYDRA_STORM"}
HANDLERS = (
    "frame_change_pre",
    "frame_change_post",
    "render_init",
    "render_pre",
    "render_post",
    "render_write",
    "render_complete",
    "depsgraph_update_pre",
    "depsgraph_update_post",
)
MOST_NAMES = 10


def order(scene, ours=()):
    """The order and the reasons, in sentences; `ours` are the driver's own handlers."""
    if scene.render.engine not in OWN_ENGINES:
        return "cold", ["The engine %s is not Blender's own: each frame is rendered alone." % scene.render.engine]
    reasons = simulations(scene) + handlers(ours)
    return ("sequence" if reasons else "any"), reasons


def simulations(scene):
    scenes = used_scenes(scene)
    found = []
    unbaked = sorted({object.name for one in scenes for object in objects_of(one) if has_unbaked(object)})
    if unbaked:
        names = ", ".join(unbaked[:MOST_NAMES]) + (", …" if len(unbaked) > MOST_NAMES else "")
        found.append("Simulations are not baked (%s): the frames before each one are stepped through." % names)
    worlds = [one.rigidbody_world for one in scenes if one.rigidbody_world]
    if any(world.enabled and world.point_cache and not world.point_cache.is_baked for world in worlds):
        found.append("The rigid body simulation is not baked: the frames before each one are stepped through.")
    return found


def used_scenes(scene):
    """The scene, its set, and what its sequencer and its compositor render besides."""
    found = [scene]
    for one in found:  # grows while it is walked through
        more = [one.background_set]
        editor = one.sequence_editor
        if editor:
            strips = editor.strips_all if hasattr(editor, "strips_all") else editor.sequences_all
            more += [strip.scene for strip in strips if strip.type == "SCENE"]
        tree = one.compositing_node_group if hasattr(one, "compositing_node_group") else one.node_tree
        more += [node.scene for node in (tree.nodes if tree else ()) if node.bl_idname == "CompositorNodeRLayers"]
        found += [other for other in dict.fromkeys(more) if other and other not in found]
    return found


def objects_of(scene):
    """All that the scene shows: its own objects and, however deep, those of collections it instances."""
    waiting, seen = list(scene.objects), set()
    while waiting:
        object = waiting.pop()
        if object.as_pointer() in seen:
            continue
        seen.add(object.as_pointer())
        if not object.hide_render or object.rigid_body:
            yield object
        if object.instance_type == "COLLECTION" and object.instance_collection:
            waiting.extend(object.instance_collection.all_objects)


def has_unbaked(object):
    return any(is_unbaked(modifier) for modifier in object.modifiers if modifier.show_render)


def is_unbaked(modifier):
    if modifier.type == "NODES":
        return bool(modifier.node_group) and remembers(modifier.node_group, set())
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


def remembers(tree, seen):
    """Simulation zones of geometry nodes, from 3.6 on. Whether they are baked is not told; stepping does no harm."""
    if tree in seen:
        return False
    seen.add(tree)
    inner = [node.node_tree for node in tree.nodes if getattr(node, "node_tree", None)]
    zone = any(node.bl_idname == "GeometryNodeSimulationInput" for node in tree.nodes)
    return zone or any(remembers(other, seen) for other in inner)


def handlers(ours):
    """Scripts that were trusted and run at each frame can count, remember and undo as they like."""
    names = set()
    for kind in HANDLERS:
        for function in getattr(bpy.app.handlers, kind, ()):
            if function not in ours:
                names.add(getattr(function, "__name__", "a function"))
    if not names:
        return []
    told = ", ".join(sorted(names)[:MOST_NAMES])
    return ["Scripts act at each frame (%s): the frames before each one are stepped through." % told]
