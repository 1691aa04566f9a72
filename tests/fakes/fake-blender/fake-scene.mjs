import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const start = /^BLENDER-v\d{3}/;
const blockHead = 24;

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
  secondsToDescribe: 0,
  /** good, slow, crash, hang, spin, chatter, flood (with the text `flood`), leave, half, nothing, lie-size, garbage, no-camera, memory */
  behaviour: 'good',
  /** Frames it misbehaves on; null: all. */
  onFrames: null,
  /** How often it misbehaves on each frame before it is good; null: always. */
  times: null,
  missing: [],
  warnings: [],
};

/** What Blender opens when it is told of no file. */
export function startupScene() {
  return { ...defaults };
}

/**
 * A "scene" as a .blend that is whole: the header, one block DATA with the JSON, one that describes no
 * data at all, the block ENDB. `version` is of the
 * Blender that claims to have saved it, as 304.
 */
export function fakeScene(scene, version = 304) {
  const json = Buffer.from(JSON.stringify(scene));
  return Buffer.concat([
    Buffer.from(`BLENDER-v${version}`),
    block('DATA', json),
    block('DNA1', emptyDna()),
    block('ENDB', Buffer.alloc(0)),
  ]);
}

/** A description of no structures at all: every .blend has one. */
function emptyDna() {
  const none = Buffer.alloc(4);
  const parts = ['NAME', 'TYPE', 'TLEN', 'STRC'].map((mark) => Buffer.from(mark));
  return Buffer.concat([Buffer.from('SDNA'), parts[0], none, parts[1], none, parts[2], parts[3], none]);
}

function block(code, data) {
  const head = Buffer.alloc(blockHead);
  head.write(code, 'latin1');
  head.writeInt32LE(data.length, 4);
  return Buffer.concat([head, data]);
}

/** The scene in a file of `fakeScene`, or in its short form: the header, a newline, the JSON. Null for anything else. */
export function readScene(path) {
  const bytes = readFileSync(path);
  if (!start.test(bytes.toString('latin1', 0, 12))) return null;
  const rest = bytes.subarray(12);
  const json = rest[0] === 0x0a ? rest : rest.subarray(blockHead, blockHead + rest.readInt32LE(4));
  return { ...defaults, ...JSON.parse(json.toString('utf8')) };
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
