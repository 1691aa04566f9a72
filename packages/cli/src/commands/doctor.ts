import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, chmod, mkdtemp, rm, statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FarmError } from '@akashganga/protocol';
import { makeFolder } from '@akashganga/storage';
import { countWords, sizeWords } from '../output/words.ts';
import { needFfmpeg } from '../roles/frames-role.ts';
import { workerSandbox } from '../roles/worker-sandbox.ts';
import { defaultSlots } from '../roles/worker-slots.ts';
import type { CommandContext } from './common-flags.ts';
import { blenderHere, librariesHere } from './doctor-blender.ts';

const run = promisify(execFile);
const NODE_FLOOR = [20, 19];
const LOW_DISK = 5e9;

export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly says: string;
}

/** `doctor`: checks this computer and says what to mend. Exit code 4 when something the farm needs is missing. */
export async function doctor(context: CommandContext): Promise<number> {
  const all = await Promise.all([
    node(),
    blenderHere(context),
    librariesHere(context),
    ffmpeg(context),
    hardware(context),
    data(context),
    power(),
    sandbox(context),
    cards(context),
  ]);
  const findings = all.filter((finding) => finding !== null);
  for (const finding of findings) {
    context.talk.answer(`${finding.ok ? '✓' : '✗'} ${finding.what}: ${finding.says}`);
    context.talk.fact(finding);
  }
  return findings.every((finding) => finding.ok) ? 0 : 4;
}

function node(): Finding {
  const found = process.versions.node;
  const [major = 0, minor = 0] = found.split('.').map(Number);
  const ok = major > (NODE_FLOOR[0] ?? 0) || (major === NODE_FLOOR[0] && minor >= (NODE_FLOOR[1] ?? 0));
  return {
    what: 'Node',
    ok,
    says: ok ? found : new FarmError('machine.old-node', { found, needed: NODE_FLOOR.join('.') }).says,
  };
}

async function ffmpeg({ settings }: CommandContext): Promise<Finding> {
  try {
    const path = await needFfmpeg(settings);
    const { stdout } = await run(path, ['-version']);
    const { knownContainers } = await import('@akashganga/frames');
    const known = [...(await knownContainers(path))];
    return {
      what: 'ffmpeg',
      ok: true,
      says: `${/version (\S+)/.exec(stdout)?.[1] ?? ''} at ${path}; films as ${known.join(', ')}`,
    };
  } catch (error) {
    return { what: 'ffmpeg', ok: false, says: (error as Error).message };
  }
}

// Films need none, so this is never a reason to fail.
async function hardware({ settings }: CommandContext): Promise<Finding | null> {
  const path = await needFfmpeg(settings).catch(() => null);
  if (path === null) return null;
  const { tryHardware } = await import('@akashganga/frames');
  const { known, working } = await tryHardware(path);
  const none = `films are encoded on the processor: none of the ${known.length} encoders in hardware that ffmpeg knows works here`;
  const some = `${working.join(', ')} work here, with --ffmpeg '-c:v ${working[0]}'`;
  return { what: 'Encoders in hardware', ok: true, says: working.length === 0 ? none : some };
}

async function data({ data: folder }: CommandContext): Promise<Finding> {
  try {
    await makeFolder(folder);
    await access(folder, constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    const says = `${folder}, ${sizeWords(free)} free`;
    return {
      what: 'Data folder',
      ok: free > LOW_DISK,
      says: free > LOW_DISK ? says : `${says}; that is little, make room`,
    };
  } catch (error) {
    return {
      what: 'Data folder',
      ok: false,
      says: new FarmError('machine.data-not-writable', { folder, why: (error as Error).message }).says,
    };
  }
}

// Nothing is missing for the farm to work where there is none, so this is never a reason to fail.
async function sandbox({ settings, data: folder }: CommandContext): Promise<Finding> {
  const flags = { mode: settings.sandbox ?? 'auto', memory: null, disk: null };
  const place = await makeFolder(folder)
    .then(() => mkdtemp(join(folder, 'doctor-')))
    .catch(() => null);
  if (place === null)
    return { what: 'Sandbox', ok: false, says: `not tried, for want of a folder in ${folder}` };
  try {
    // As the worker's own folder is, or the answer would be another one than there.
    await chmod(place, 0o755);
    await using opened = await workerSandbox(settings, flags, place);
    const { kind, closed, says } = opened.report;
    const remedy =
      closed || kind === 'none'
        ? ''
        : ' Install bubblewrap (`apt-get install bubblewrap`, `dnf install bubblewrap` or `pacman -S bubblewrap`); in a container, allow it user namespaces.';
    return { what: 'Sandbox', ok: true, says: `${says}${remedy}` };
  } catch (error) {
    return { what: 'Sandbox', ok: false, says: (error as Error).message };
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

// As a worker found them at its last start: trying them can take minutes, and a worker may be using them.
async function cards({ data: folder }: CommandContext): Promise<Finding> {
  const { readCards } = await import('@akashganga/worker');
  const found = await readCards(join(folder, 'worker'));
  const words = found?.map(({ name, kind, problem }) =>
    problem ? `${name} (${kind}) is not used: ${problem.says}` : `${name} (${kind}) works`,
  );
  const none = found
    ? 'Cycles found none'
    : 'not looked for yet; a worker does when it starts, where the system shows any';
  return {
    what: 'Graphics cards',
    ok: found?.every((card) => card.problem === null) ?? true,
    says: words && words.length > 0 ? words.join('; ') : none,
  };
}

function power(): Finding {
  const cores = availableParallelism();
  const slots = defaultSlots(cores, totalmem());
  const threads = countWords(Math.max(1, Math.floor(cores / slots)), 'thread');
  const says = `${countWords(cores, 'core')}, ${sizeWords(totalmem())}, ${countWords(slots, 'slot')} of ${threads}`;
  return { what: 'Computer', ok: true, says };
}
