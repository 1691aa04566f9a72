import { FarmError, type ProblemCode, type ProblemDetails } from '@akashganga/protocol';
import type { DriverEvent } from '../driver-events.ts';
import type { Ending } from '../process/blender-process.ts';
import type { Recognised, Recogniser } from './recognise.ts';

// Turns what Blender did or said into the farm's error. The log's tail goes along as the cause: it is kept here.

const tailLength = 4000;

/** What is known about a process that ended by itself. */
export interface Ended {
  readonly ending: Ending;
  readonly log: string;
  /** Null while the scene is loaded or described. */
  readonly frame: number | null;
  /** Why the system may have killed it, as the end of a sentence; null when there is no sign that memory ran out. */
  readonly outOfMemory?: string | null;
}

export function failureOfEnding(ended: Ended, recogniser: Recogniser): FarmError {
  const { ending, log, frame } = ended;
  const cause = ending.error ?? new Error(log.slice(-tailLength));
  if (ending.error) return failureOfStart(ending.error);
  // A wrapper such as a sandbox reports its child's signal as 128 + its number.
  const signal = ending.signal ?? signalNames.get(ending.code ?? 0) ?? null;
  if (signal === 'SIGKILL' && ended.outOfMemory)
    return new FarmError('capacity.memory', { why: ended.outOfMemory }, { cause });
  const at = frame === null ? 'loading' : 'rendering';
  const known = recogniser.recognise(log, at, signal === 'SIGSEGV');
  if (known) return failureOfKnown(known, detailsOf(known, log, frame), cause);
  const how = signal ? `signal ${signal}` : `exit code ${ending.code}`;
  if (signal === 'SIGXFSZ') return new FarmError('render.too-large', { frame }, { cause });
  if (frame === null && isKill(signal))
    return new FarmError('render.killed', { how }, { cause, says: killedOpening(how) });
  if (frame === null)
    return new FarmError('machine.blender-failed', { why: `${how}${lastError(log)}` }, { cause });
  if (isKill(signal)) return new FarmError('render.killed', { frame, how }, { cause });
  if (signal === null && ending.code === 0) return new FarmError('render.ended', { frame }, { cause });
  return new FarmError('render.crashed', { frame, how }, { cause });
}

// Blender does not send these to itself, so neither the frame nor the machine is to blame.
function isKill(signal: NodeJS.Signals | null): boolean {
  return signal === 'SIGKILL' || signal === 'SIGTERM';
}

function killedOpening(how: string): string {
  return `Something outside the farm ended Blender while it opened the scene (${how}); there is no sign that memory ran out.`;
}

const signalNames = new Map<number, NodeJS.Signals>([
  [134, 'SIGABRT'],
  [137, 'SIGKILL'],
  [139, 'SIGSEGV'],
  [143, 'SIGTERM'],
  [153, 'SIGXFSZ'],
]);

// What the system says when it is asked to start a program.
function failureOfStart(error: Error): FarmError {
  const why = error.message;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return new FarmError('machine.no-blender', {}, { cause: error });
  if (code === 'EACCES') return new FarmError('machine.not-executable', { why }, { cause: error });
  if (code === 'ENOEXEC') return new FarmError('machine.wrong-platform', { why }, { cause: error });
  if (code === 'EAGAIN' || code === 'EMFILE' || code === 'ENFILE')
    return new FarmError('capacity.processes', { why }, { cause: error });
  if (code === 'ENOMEM') return new FarmError('capacity.memory', { why }, { cause: error });
  return new FarmError('machine.blender-failed', { why }, { cause: error });
}

/** The driver's `failed`: Blender refused, saying why in a text of its own. */
export function failureOfReport(
  event: Extract<DriverEvent, { event: 'failed' }>,
  log: string,
  recogniser: Recogniser,
): FarmError {
  const { frame } = event;
  const why = oneSentence(event.says);
  const cause = new Error(log.slice(-tailLength));
  const known = recogniser.recognise(event.says, 'report');
  const details = { frame, why, scene: event.scene, engine: engineIn(event.says) };
  if (known) return failureOfKnown(known, details, cause);
  if (event.code === 'render.python-error')
    return new FarmError('render.python-error', { frame, why }, { cause });
  if (event.code === 'render.no-file') return new FarmError('render.no-file', { frame }, { cause });
  if (event.code === 'machine.gpu-failed') return new FarmError('machine.gpu-failed', { why }, { cause });
  return new FarmError('render.failed', details, { cause });
}

/** A frame that Blender calls finished, though its log says that something in it went wrong; null for a good one. */
export function failureOfFinished(
  frame: number,
  log: string,
  recogniser: Recogniser,
  isAllowed: (code: ProblemCode) => boolean,
): FarmError | null {
  const known = recogniser.recognise(log, 'finished');
  if (!known || isAllowed(known.code)) return null;
  const why = oneSentence(known.part);
  return failureOfKnown(known, { frame, why, folder: 'this computer' }, new Error(log.slice(-tailLength)));
}

function failureOfKnown({ code, says }: Recognised, details: ProblemDetails, cause: Error): FarmError {
  return new FarmError(code, { says, ...details }, says === undefined ? { cause } : { cause, says });
}

export function failureOfRefusal(event: Extract<DriverEvent, { event: 'refused' }>): FarmError {
  const { kind, name, known } = event;
  return new FarmError(event.code, { kind, name, known, engine: name });
}

export function failureOfLostGpu(name: string): FarmError {
  return new FarmError('machine.gpu-failed', { why: `the card ${name} is not there any more` });
}

/** Blender renders a scene whose engine it lacks with EEVEE, and only says so in the log; null when it has the engine. */
export function failureOfLostEngine(log: string, scene: string): FarmError | null {
  for (const [line, engine, of] of log.matchAll(
    /Engine '([^'\n]*)' not available for scene '([^\n]*)' \(.*/g,
  ))
    if (of === scene) return new FarmError('scene.unknown-engine', { engine }, { cause: new Error(line) });
  return null;
}

export interface Hang {
  readonly seconds: number;
  /** What it did meanwhile. */
  readonly how: string;
  readonly frame: number | null;
}

export function failureOfHang({ seconds, how, frame }: Hang, log: string): FarmError {
  const cause = new Error(log.slice(-tailLength));
  if (frame !== null) return new FarmError('render.hung', { seconds, frame, how }, { cause });
  const says = `Blender got no further for ${seconds} s while it opened the scene (${how}) and was stopped.`;
  return new FarmError('render.hung', { seconds }, { cause, says });
}

function detailsOf({ code, line, part }: Recognised, log: string, frame: number | null): ProblemDetails {
  if (code !== 'scene.newer-blender')
    return { why: oneSentence(line), libraries: [part], packages: `what brings ${part}`, frame };
  const have = /^Blender (\d\S*)/m.exec(log)?.[1];
  return { file: versionOfWarning(line) ?? 'of a later release', have: have ? [have] : [] };
}

/** `(305.9)` is Blender 3.5, `(500.12)` is 5.0: the last two digits are the minor version. */
function versionOfWarning(line: string): string | undefined {
  const number = Number(/\((\d+)\.\d+\)/.exec(line)?.[1]);
  return Number.isNaN(number) ? undefined : `${Math.floor(number / 100)}.${number % 100}`;
}

function engineIn(text: string): string | undefined {
  return /engine [^']*'([^']*)'/.exec(text)?.[1] || undefined;
}

function lastError(log: string): string {
  const lines = log.split('\n').filter((line) => /error/i.test(line) && !line.startsWith('EGL Error'));
  const last = lines.at(-1);
  return last === undefined ? '' : `, ${oneSentence(last)}`;
}

/** Blender's text without its prefix, its newlines and its full stop: it is put inside a sentence. */
function oneSentence(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat
    .replace(/^(Error|cannot save): /, '')
    .replace(/\.$/, '')
    .slice(0, 500);
}
