import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { FarmError, problemClass } from '@akashganga/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  findBlender,
  MemoryGuard,
  openSession,
  openWaiting,
  type Session,
} from '../../packages/worker/src/session/index.ts';
import { type Fate, fateOf, type When } from './processes/fate-of.ts';
import { TestFarm } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

// Failures made for real, with real Blender: what was done, and what the farm says of it. The table in
// docs/guide/failures.md is compared with what came out.

const run = promisify(execFile);
const guide = new URL('../../docs/guide/failures.md', import.meta.url);
let folder: TestFolder;
let blender: string;

interface Made {
  readonly blender?: string;
  readonly scene?: string;
  readonly output?: string;
  /** Shell words that come before Blender. */
  readonly before?: string;
}

interface Failure {
  readonly done: string;
  readonly scene: string;
  readonly code: string;
  readonly make?: () => Promise<Made>;
  /** While frame 2 renders. */
  readonly meanwhile?: (pid: number) => void;
  readonly hangSeconds?: number;
  readonly most?: number;
}

const scene = (name: string) => folder.join('scenes', `${name}.blend`);

async function changedScene(name: string, change: (bytes: Buffer) => Buffer): Promise<Made> {
  const path = folder.join(`${name}.blend`);
  await writeFile(path, change(await readFile(scene('good'))));
  return { scene: path };
}

async function changedBlender(name: string, change: (bytes: Buffer) => Buffer, mode = 0o755): Promise<Made> {
  const path = folder.join(name);
  await writeFile(path, change(await readFile(blender)));
  await chmod(path, mode);
  return { blender: path };
}

async function fullDisk(): Promise<Made> {
  const disk = await folder.mountSmallDisk('full-disk', 1);
  await run('dd', ['if=/dev/zero', `of=${disk}/filler`, 'bs=4k']).catch(() => undefined);
  return { output: `${disk}/0002` };
}

async function readOnlyDisk(): Promise<Made> {
  const disk = await folder.mountSmallDisk('read-only-disk', 1);
  await run('mount', ['-o', 'remount,ro', disk]);
  return { output: `${disk}/0002` };
}

/** Each bit of every 500th byte the other way round. */
function flipped(bytes: Buffer): Buffer {
  for (let at = 500; at < bytes.length; at += 500) bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  return bytes;
}

function replaced(bytes: Buffer, from: string, to: string): Buffer {
  const at = bytes.indexOf(from);
  if (at < 0) throw new Error(`${from} is not in it`);
  bytes.write(to, at, 'latin1');
  return bytes;
}

/** In a mount namespace of its own, an empty file in the place of libEGL. */
const withoutEgl =
  'exec unshare -m sh -c \'mount --bind /dev/null "$(ldconfig -p | sed -n "s/.*libEGL.so.1.*=> //p" | head -1)"; exec "$0" "$@"\'';

const failures: readonly Failure[] = [
  { done: 'The scene has no camera', scene: 'no-camera', code: 'scene.no-camera' },
  { done: 'The render border holds no pixel', scene: 'tiny', code: 'scene.too-small' },
  { done: "The scene's engine comes from an add-on", scene: 'foreign-engine', code: 'scene.unknown-engine' },
  { done: 'A texture is not a picture', scene: 'broken-texture', code: 'scene.unreadable-image' },
  { done: 'EEVEE reads a JPEG that is cut in half', scene: 'half-jpeg', code: 'scene.unreadable-image' },
  { done: 'EEVEE reads a WebP that is cut in half', scene: 'half-webp', code: 'scene.unreadable-image' },
  {
    done: 'EEVEE reads a picture that is an empty file',
    scene: 'empty-texture',
    code: 'scene.unreadable-image',
  },
  {
    ...{ done: 'The .blend is cut in half', scene: 'good', code: 'scene.unreadable' },
    make: () => changedScene('cut', (bytes) => bytes.subarray(0, bytes.length / 2)),
  },
  {
    ...{ done: 'Bits of the .blend are flipped', scene: 'good', code: 'scene.unreadable' },
    make: () => changedScene('flipped', flipped),
  },
  {
    ...{ done: 'The .blend is a text', scene: 'good', code: 'scene.unreadable' },
    make: () => changedScene('text', () => Buffer.from('Dear render farm,')),
  },
  { done: 'The .blend is gone', scene: 'nowhere', code: 'scene.unreadable' },
  { done: 'A handler raises an exception', scene: 'handler-error', code: 'render.python-error' },
  { done: "A script imports an add-on's module", scene: 'module-missing', code: 'scene.no-addon' },
  { done: 'A driver divides by zero', scene: 'driver-zero', code: 'scene.driver-failed' },
  { done: "A driver's Python raises an exception", scene: 'driver-python', code: 'scene.driver-failed' },
  { done: 'A script changes the size', scene: 'wrong-size', code: 'render.wrong-size' },
  { done: 'A script takes the alpha away', scene: 'no-alpha', code: 'render.wrong-pixels' },
  { done: 'A script changes the format', scene: 'wrong-format', code: 'render.no-file' },
  { done: 'A script makes Blender write a movie', scene: 'movie', code: 'render.no-file' },
  { done: 'A script ends Blender with exit code 0', scene: 'quits', code: 'render.ended' },
  { done: 'Blender reads where it may not (signal 11)', scene: 'segfault', code: 'render.crashed' },
  { done: 'Blender gives up by itself (signal 6)', scene: 'aborts', code: 'render.crashed' },
  { done: 'A script computes without end', scene: 'spins', code: 'render.hung', hangSeconds: 4 },
  { done: 'A script sleeps', scene: 'sleeps', code: 'render.hung', hangSeconds: 4 },
  { done: 'A script waits for a lock it holds itself', scene: 'locked', code: 'render.hung', hangSeconds: 4 },
  {
    ...{ done: 'Blender is stopped (SIGSTOP)', scene: 'endless', code: 'render.hung', hangSeconds: 4 },
    meanwhile: (pid) => process.kill(pid, 'SIGSTOP'),
  },
  {
    ...{ done: 'Blender is killed (SIGKILL)', scene: 'endless', code: 'render.killed' },
    meanwhile: (pid) => process.kill(pid, 'SIGKILL'),
  },
  {
    ...{ done: 'A script takes memory without end', scene: 'grows', code: 'capacity.memory' },
    most: 1024 ** 3,
  },
  {
    ...{ done: 'The system refuses memory (ulimit -v)', scene: 'grows', code: 'capacity.memory' },
    make: async () => ({ before: 'ulimit -v 3000000; exec' }),
  },
  {
    ...{ done: 'The system refuses threads', scene: 'threads', code: 'capacity.processes' },
    make: async () => ({ before: 'ulimit -v 3000000; exec' }),
  },
  { done: 'The disk of the output is full', scene: 'good', code: 'disk.full', make: fullDisk },
  {
    ...{ done: 'Blender may write no file at all (ulimit -f)', scene: 'good', code: 'render.too-large' },
    make: async () => ({ before: 'ulimit -f 0; exec' }),
  },
  {
    ...{ done: 'A script writes more than a file may hold', scene: 'far-file', code: 'render.too-large' },
    make: async () => ({ before: 'ulimit -f 2000000; exec' }),
  },
  {
    ...{
      done: 'The system ends Blender for it (SIGXFSZ)',
      scene: 'far-file-signal',
      code: 'render.too-large',
    },
    make: async () => ({ before: 'ulimit -f 2000000; exec' }),
  },
  {
    ...{ done: 'The disk of the output is read-only', scene: 'good', code: 'render.cannot-save' },
    make: readOnlyDisk,
  },
  {
    ...{ done: 'There is no Blender at its path', scene: 'good', code: 'machine.no-blender' },
    make: async () => ({ blender: folder.join('no-blender') }),
  },
  {
    ...{ done: 'The Blender may not be started', scene: 'good', code: 'machine.not-executable' },
    make: () => changedBlender('closed-blender', (bytes) => bytes.subarray(0, 4096), 0o644),
  },
  {
    ...{ done: 'The Blender is of another processor', scene: 'good', code: 'machine.wrong-platform' },
    // e_machine of the ELF header: AArch64, or on such a machine x86-64.
    make: () =>
      changedBlender('foreign-blender', (bytes) => {
        bytes.writeUInt16LE(process.arch === 'x64' ? 183 : 62, 18);
        return bytes.subarray(0, 4096);
      }),
  },
  {
    ...{ done: 'A library of Blender is missing', scene: 'good', code: 'machine.missing-libraries' },
    make: () => changedBlender('poor-blender', (bytes) => replaced(bytes, 'libjpeg.so', 'libjpeq.so')),
  },
  {
    ...{ done: 'libEGL is broken', scene: 'good', code: 'machine.no-egl' },
    make: async () => ({ before: withoutEgl }),
  },
];

const rows = new Map<string, string>();

beforeAll(async () => {
  const found = await findBlender({ override: process.env.AKASHGANGA_BLENDER, environment: process.env });
  if (!found) throw new Error('These tests need Blender.');
  blender = found.path;
  folder = await TestFolder.make();
  const script = fileURLToPath(new URL('./failure-scenes.py', import.meta.url));
  await mkdir(folder.join('scenes'));
  const target = folder.join('scenes');
  await run(blender, ['-b', '--factory-startup', '--python-exit-code', '7', '-P', script, '--', target]);
});
afterAll(() => folder[Symbol.asyncDispose]());

/** Renders frames 1 and 2; the failures with scripts begin at the second. */
async function fail(failure: Failure): Promise<{ error: FarmError; when: When }> {
  const made = (await failure.make?.()) ?? {};
  const { before } = made;
  const own = await mkdtemp(folder.join('session-'));
  let session: Session | null = null;
  let when: When = 'examination';
  try {
    session = await openSession({
      ...{ blender: made.blender ?? blender, scene: made.scene ?? scene(failure.scene), folder: own },
      ...{ trustScripts: true, environment: process.env, silenceLimitSeconds: failure.hangSeconds },
      guard: new MemoryGuard({ most: failure.most ?? null }),
      enclosure: {
        signal: new AbortController().signal,
        started: () => {},
        failureOf: () => null,
        wrap: (command) =>
          before === undefined
            ? command
            : {
                ...command,
                file: '/bin/sh',
                args: ['-c', `${before} "$0" "$@"`, command.file, ...command.args],
              },
      },
    });
    await session.describe();
    when = 'frame';
    const expected = { width: 64, height: 36, extension: '.png', channels: 4, depth: 8 };
    const expect = failure.scene === 'tiny' || failure.scene === 'endless' ? null : expected;
    const { pid } = session;
    if (failure.scene !== 'endless') await session.render({ frame: 1, output: `${own}/0001`, expect });
    const rendering = session.render({ frame: 2, output: made.output ?? `${own}/0002`, expect });
    if (failure.meanwhile && pid !== undefined) setTimeout(() => failure.meanwhile?.(pid), 1000);
    await rendering;
  } catch (error) {
    if (error instanceof FarmError) return { error, when };
    throw error;
  } finally {
    await session?.close();
  }
  throw new Error('It was rendered all the same.');
}

/** The sentence without what differs from computer to computer. */
function timeless(says: string): string {
  return says
    .replaceAll(folder.path, '…')
    .replaceAll(/(?<!--)session-\w+/g, 'session')
    .replaceAll(/\d+(\.\d+)? GiB/g, 'n GiB')
    .replaceAll(/for \d+ s/g, 'for n s')
    .replaceAll('|', '\\|');
}

/** A full disk is a case of its own: disk-full.test.ts has it. */
const givenBack: Fate = { frame: 'is given back', job: 'goes on, here when there is room' };

test.each(failures)('$done: $code', async (failure) => {
  const { error, when } = await fail(failure);
  expect(`${error.code}: ${error.says}`).toContain(`${failure.code}: `);
  const { frame, job } = error.code === 'disk.full' ? givenBack : fateOf(error.code, when);
  const words = [
    failure.done,
    problemClass(error.code),
    `\`${error.code}\``,
    timeless(error.says),
    frame,
    job,
  ];
  rows.set(failure.done, `| ${words.join(' | ')} |`);
});

/** As a slot does it: what does not open in the Blender that stood by is opened in a new one. */
async function openInWaiting(path: string): Promise<{ session: Session; isNew: boolean }> {
  const own = async () => ({
    blender,
    environment: process.env,
    folder: await mkdtemp(folder.join('session-')),
  });
  const session = await openWaiting(await own());
  try {
    await session.open(path, { isAllowed: () => false, signal: new AbortController().signal });
    return { session, isNew: false };
  } catch {
    await session.close();
    return {
      session: await openSession({ ...(await own()), scene: path, trustScripts: false }),
      isNew: true,
    };
  }
}

test.each([
  ['no-camera', 'scene.no-camera'],
  ['tiny', 'scene.too-small'],
  ['foreign-engine', 'scene.unknown-engine'],
  ['broken-texture', 'scene.unreadable-image'],
  ['half-jpeg', 'scene.unreadable-image'],
  ['half-webp', 'scene.unreadable-image'],
  ['empty-texture', 'scene.unreadable-image'],
  ['driver-zero', 'scene.driver-failed'],
])('in a Blender that stood by, %s is %s too', async (name, code) => {
  const { session, isNew } = await openInWaiting(scene(name));
  await using opened = session;
  expect(isNew).toBe(false);
  const rendering = (async () => {
    await opened.describe();
    for (const frame of [1, 2]) await opened.render({ frame, output: folder.join(`stood-by-${name}`) });
  })();
  await expect(rendering).rejects.toMatchObject({ code });
});

test.each(['cut', 'flipped', 'text', 'nowhere'])(
  'what a Blender that stood by does not open, a new one names: %s',
  async (name) => {
    const opening = openInWaiting(name === 'nowhere' ? scene(name) : folder.join(`${name}.blend`));
    await expect(opening).rejects.toMatchObject({ code: 'scene.unreadable' });
  },
);

test('the table in the guide is what came out', async () => {
  const table = failures.map(({ done }) => rows.get(done) ?? `| ${done} | (failed) |`).join('\n');
  expect((await readFile(guide, 'utf8')).includes(table), `the table should be\n${table}\n`).toBe(true);
});

test('a picture that Cycles would read in part without a word is named before anything renders', async () => {
  await using session = await openSession({
    ...{ blender, scene: scene('half-cycles'), folder: await mkdtemp(folder.join('session-')) },
    ...{ trustScripts: false, environment: process.env },
  });
  expect((await session.describe()).warnings).toEqual([
    'Pictures are cut short or empty and will look wrong: //half.jpg (Broken).',
  ]);
});

test('a frame that fails everywhere fails alone, with its log and its memory; a broken scene ends its job', async () => {
  await using farm = await TestFarm.start(folder, { environment: {}, workers: 1, slots: 2 });
  const crashing = await farm.submit(scene('segfault'), ['--trust-scripts', '--frames', '1-2']);
  const broken = await farm.submit(scene('handler-error'), ['--trust-scripts']);
  const ended = await farm.ended(crashing, 120);
  expect(ended).toMatchObject({ state: 'failed', problem: { code: 'job.frames-failed' } });
  expect(ended.frames).toMatchObject({ done: 1, failed: 1 });
  expect(ended.peakMemory).toBeGreaterThan(50e6);
  const { stdout } = await farm.command(['logs', crashing, '2']);
  expect(stdout).toContain('crash.txt');
  expect(stdout.length).toBeLessThan(50_000);
  const stopped = await farm.ended(broken, 60);
  expect(stopped).toMatchObject({ state: 'failed', problem: { code: 'render.python-error' } });
  expect(stopped.problem?.says).toContain('the rig is broken');
});
