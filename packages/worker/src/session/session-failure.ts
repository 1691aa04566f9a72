import { FarmError, type ProblemCode, type ProblemDetails } from '@akashganga/protocol';
import type { DriverEvent } from './driver-events.ts';
import { recognise } from './failure-signatures.ts';
import type { Ending } from './process/blender-process.ts';

// Turns what Blender did or said into the farm's error. The log's tail goes along as the cause: it is kept here.

const tailLength = 4000;

/** `frame` is null while the scene is loaded or described. */
export function failureOfEnding(ending: Ending, log: string, frame: number | null): FarmError {
  const cause = ending.error ?? new Error(log.slice(-tailLength));
  if (ending.error) {
    const code = (ending.error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return new FarmError('machine.no-blender', {}, { cause });
    return new FarmError('machine.blender-failed', { why: ending.error.message }, { cause });
  }
  const how = ending.signal ? `signal ${ending.signal}` : `exit code ${ending.code}`;
  // A wrapper such as a sandbox reports its child's signal as 128 + its number.
  const segfault = ending.signal === 'SIGSEGV' || ending.code === 139;
  const known = recognise(log, frame === null ? 'loading' : 'rendering', segfault);
  if (known) return new FarmError(known.code, detailsOf(known.code, known.line, log, frame), { cause });
  if (frame === null)
    return new FarmError('machine.blender-failed', { why: `${how}${lastError(log)}` }, { cause });
  return new FarmError('render.crashed', { frame, how }, { cause });
}

/** The driver's `failed`: Blender refused, saying why in a text of its own. */
export function failureOfReport(event: Extract<DriverEvent, { event: 'failed' }>, log: string): FarmError {
  const { frame } = event;
  const why = oneSentence(event.says);
  const cause = new Error(log.slice(-tailLength));
  if (event.code === 'render.python-error')
    return new FarmError('render.python-error', { frame, why }, { cause });
  if (event.code === 'render.no-file') return new FarmError('render.no-file', { frame }, { cause });
  const code = recognise(event.says, 'report')?.code ?? 'render.failed';
  return new FarmError(code, { frame, why, scene: event.scene, engine: engineIn(event.says) }, { cause });
}

export function failureOfRefusal(event: Extract<DriverEvent, { event: 'refused' }>): FarmError {
  const { kind, name, known } = event;
  return new FarmError(event.code, { kind, name, known, engine: name });
}

export function failureOfLostGpu(name: string): FarmError {
  return new FarmError('machine.gpu-failed', { why: `the card ${name} is not there any more` });
}

export function failureOfSilence(seconds: number, frame: number | null, log: string): FarmError {
  const cause = new Error(log.slice(-tailLength));
  if (frame !== null) return new FarmError('render.hung', { seconds, frame }, { cause });
  const says = `Blender said nothing for ${seconds} s while it opened the scene and was stopped.`;
  return new FarmError('render.hung', { seconds }, { cause, says });
}

function detailsOf(code: ProblemCode, line: string, log: string, frame: number | null): ProblemDetails {
  if (code !== 'scene.newer-blender') return { why: oneSentence(line), frame };
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
    .replace(/^Error: /, '')
    .replace(/\.$/, '')
    .slice(0, 500);
}
