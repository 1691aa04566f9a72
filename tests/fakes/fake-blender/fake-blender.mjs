#!/usr/bin/env node
// Stands in for Blender and our driver inside it: the same command line, the same JSON lines, the same texts in the log,
// but the pictures are stripes. How it (mis)behaves is told by its "scene", see fake-scene.mjs. FAKE_BLENDER_STATE names
// the folder where misbehaviours are counted, FAKE_BLENDER_LOG a file that gets a line for each frame that was rendered.
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fakeCards } from './fake-cards.mjs';
import { behaviourOn, readScene, startupScene } from './fake-scene.mjs';
import { tinyPng } from './tiny-png.mjs';

const version = '3.4.1';
const memory = 64 * 1024 * 1024;
const takesValue = new Set(['--python', '-P', '--python-exit-code', '--threads', '-t']);
const known = {
  scene: ['Scene'],
  camera: ['Camera'],
  viewLayer: ['ViewLayer'],
  engine: ['BLENDER_EEVEE', 'BLENDER_WORKBENCH', 'CYCLES'],
};

const { scenePath, input, output, waits } = readArguments(process.argv.slice(2));
let scene = loadScene(scenePath);
let scale = 100;
const cards = fakeCards(process.env.FAKE_BLENDER_STATE);
let card = null;

begin();
for await (const line of createInterface({ input: new Socket({ fd: input, writable: false }) })) {
  const command = JSON.parse(line);
  if (command.do === 'quit') break;
  if (command.do === 'open') open(command.scene);
  if (command.do === 'set') tell(apply(command.settings));
  if (command.do === 'describe') {
    await sleep(scene.secondsToDescribe * 1000);
    tell({ event: 'described', report: describe() });
  }
  // Not awaited: like the driver, this notices the end of its pipe in the middle of a frame.
  if (command.do === 'render') void render(command.frame, command.output);
  if (command.do === 'devices')
    tell({ event: 'devices', devices: cards.map(({ kind, id, name }) => ({ kind, id, name })) });
  if (command.do === 'compare') tell(compare(command.first, command.second));
}
process.exit(0);

function readArguments(given) {
  if (given.includes('--version') || given.includes('-v')) {
    console.log(`Blender ${version}\n\tbuild platform: fake`);
    process.exit(0);
  }
  const end = given.indexOf('--');
  const own = given.slice(0, end === -1 ? undefined : end);
  const scenePath = own.find((word, at) => !word.startsWith('-') && !takesValue.has(own[at - 1] ?? ''));
  const after = (name) => Number(given[given.indexOf(name, end) + 1]);
  return { scenePath, input: after('--in'), output: after('--out'), waits: given.includes('--wait') };
}

function begin() {
  if (waits) return tell({ event: 'waiting' });
  if (scene.behaviour === 'garbage') writeGarbage();
  tell({ event: 'ready', blender: version });
}

// As with ours, a scene that does not open is left to a Blender that is started with it.
function open(path) {
  const found = existsSync(path) ? readScene(path) : null;
  if (!found) return tell({ event: 'unopened', says: `Cannot read file '${path}'` });
  console.log(`Read blend: ${path}`);
  scene = found;
  if (scene.behaviour === 'garbage') writeGarbage();
  tell({ event: 'ready', blender: version });
}

function loadScene(path) {
  console.log(`Blender ${version}`);
  if (!path) return startupScene();
  if (!existsSync(path)) refuseScene(`Cannot read file '${path}': No such file or directory`);
  const found = readScene(path);
  if (!found) refuseScene(`File format is not supported in file '${path}'`);
  console.log(`Read blend: ${path}`);
  return found;
}

function refuseScene(text) {
  console.log(`Error: ${text}`);
  process.exit(1);
}

function tell(event) {
  writeSync(output, `${JSON.stringify(event)}\n`);
}

function writeGarbage() {
  console.log('\u0000\u0007 nonsense \ufffd\u001b[31m');
  writeSync(
    output,
    'nonsense\n{"event":"unheard-of"}\n{"event":"rendered","frame":"one"}\n[]\n\u0000\u0001\n',
  );
}

function apply(settings) {
  for (const [kind, names] of Object.entries(known)) {
    const name = settings[kind];
    if (name === undefined || names.includes(name)) continue;
    const code = kind === 'engine' ? 'scene.unknown-engine' : 'scene.unknown-name';
    return { event: 'refused', code, kind: kind === 'viewLayer' ? 'view layer' : kind, name, known: names };
  }
  if (settings.device) {
    card = cards.find(({ id }) => id === settings.device.id) ?? null;
    if (!card) return { event: 'gpu-gone', name: settings.device.name };
  }
  scale = settings.scale ?? scale;
  scene.engine = settings.engine ?? scene.engine;
  return { event: 'set' };
}

function size() {
  return [scene.width, scene.height].map((pixels) => Math.max(1, Math.floor((pixels * scale) / 100)));
}

function describe() {
  const { frameStart, frameEnd, frameStep, fps, fpsBase, engine, missing, warnings } = scene;
  const [width, height] = size();
  const hasCamera = scene.behaviour !== 'no-camera';
  return {
    ...{ blender: version, fileVersion: '3.4', scene: 'Scene', scenes: known.scene },
    ...{ camera: hasCamera ? 'Camera' : null, cameras: hasCamera ? known.camera : [] },
    ...{ frameStart, frameEnd, frameStep, fps, fpsBase, width, height, engine },
    ...{ format: 'PNG', isMovie: false, extension: '.png', colorMode: 'RGB', colorDepth: '8' },
    ...{ missing, warnings },
  };
}

async function render(frame, path) {
  const behaviour = behaviourOn(scene, frame, process.env.FAKE_BLENDER_STATE);
  tell({ event: 'started', frame });
  if (behaviour === 'garbage') writeGarbage();
  if (behaviour === 'no-camera') return fail(frame, 'Error: Cannot render, no camera');
  await takeTime(frame);
  if (card?.fault) return fail(frame, card.fault);
  if (behaviour === 'hang') return;
  if (behaviour === 'leave') return process.exit(0);
  if (behaviour === 'spin') for (;;);
  if (behaviour === 'chatter')
    return setInterval(() => console.log(`Fra:${frame} | still at it ${Date.now()}`), 20);
  if (behaviour === 'flood')
    return setInterval(() => {
      const lines = Array.from({ length: 1000 }, (_, index) => `${scene.flood} ${index}`);
      process.stdout.write(`${lines.join('\n')}\nFra:${frame} | Sample 1/2\n`);
    }, 50);
  if (behaviour === 'crash') return process.kill(process.pid, 'SIGSEGV');
  if (behaviour === 'memory') {
    writeSync(1, 'Malloc returns null: len=4294967296 in image buffer, total 64\n');
    process.exit(1);
  }
  const file = `${path}.png`;
  // One short write, so that the lines of several processes do not mix.
  if (process.env.FAKE_BLENDER_LOG)
    appendFileSync(process.env.FAKE_BLENDER_LOG, `${frame} ${process.pid}${card ? ` ${card.id}` : ''}\n`);
  if (behaviour !== 'nothing') write(file, picture(frame, behaviour));
  console.log(`Saved: '${file}'`);
  tell({ event: 'rendered', frame, file, seconds: scene.secondsPerFrame, memory });
}

function picture(frame, behaviour) {
  const [width, height] = size();
  if (behaviour === 'lie-size') return tinyPng(width + 1, height, frame);
  const whole = tinyPng(width, height, card?.isWrong ? frame + 20 : frame);
  return behaviour === 'half' ? whole.subarray(0, whole.length / 2) : whole;
}

function compare(first, second) {
  const equal = readFileSync(first).equals(readFileSync(second));
  return { event: 'compared', equal, most: equal ? 0 : 0.5 };
}

function write(file, bytes) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}

async function takeTime(frame) {
  const steps = Math.max(1, Math.ceil(scene.secondsPerFrame / 0.25));
  for (let step = 1; step <= steps; step++) {
    await sleep((scene.secondsPerFrame * 1000) / steps);
    console.log(
      `Fra:${frame} Mem:9.06M (Peak 9.35M) | Time:00:00.00 | Scene, ViewLayer | Sample ${step}/${steps}`,
    );
    tell({ event: 'progress', frame, fraction: step / steps, memory });
  }
}

function fail(frame, says) {
  console.log(says);
  tell({ event: 'failed', frame, code: 'render.failed', says, scene: 'Scene' });
}
