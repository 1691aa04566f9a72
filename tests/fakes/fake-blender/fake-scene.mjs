import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const magic = 'BLENDER-v304';

const defaults = {
  frameStart: 1,
  frameEnd: 10,
  frameStep: 1,
  fps: 24,
  fpsBase: 1,
  width: 64,
  height: 36,
  engine: 'BLENDER_WORKBENCH',
  secondsPerFrame: 0.01,
  /** good, slow, crash, hang, half, nothing, lie-size, garbage, no-camera, memory */
  behaviour: 'good',
  /** Frames it misbehaves on; null: all. */
  onFrames: null,
  /** How often it misbehaves on each frame before it is good; null: always. */
  times: null,
  missing: [],
  warnings: [],
};

/** The "scene": 12 bytes of header, a newline, a JSON object. Null for anything else, as for a file that is no .blend. */
export function readScene(path) {
  const text = readFileSync(path, 'utf8');
  if (!text.startsWith(`${magic}\n`)) return null;
  return { ...defaults, ...JSON.parse(text.slice(magic.length)) };
}

/**
 * What to do on this frame, now: the scene's behaviour or "good". With `times`, each misbehaviour leaves a mark, in the
 * folder `state` if there is one: so it is counted across processes, and two of them never count the same one.
 */
export function behaviourOn(scene, frame, state) {
  if (scene.onFrames && !scene.onFrames.includes(frame)) return 'good';
  if (scene.times === null) return scene.behaviour;
  for (let turn = 1; turn <= scene.times; turn++) {
    if (leaveMark(`${scene.behaviour}-${frame}-${turn}`, state)) return scene.behaviour;
  }
  return 'good';
}

const remembered = new Set();

function leaveMark(name, state) {
  if (!state) return !remembered.has(name) && remembered.add(name);
  mkdirSync(state, { recursive: true });
  try {
    closeSync(openSync(join(state, name), 'wx'));
    return true;
  } catch {
    return false;
  }
}
