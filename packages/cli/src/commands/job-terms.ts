import {
  FarmError,
  type JobChange,
  JobId,
  type JobNeeds,
  JobNeeds as Needs,
  ResourceName,
} from '@akashganga/protocol';
import { type Command, InvalidArgumentError } from 'commander';

/** Flags that say who may render a job and when; for `submit`, `render` and `change`. */
export interface TermFlags {
  readonly needs?: JobNeeds;
  readonly maxSlots?: number | 'any';
  readonly uses?: string[];
  readonly after?: Pick<JobChange, 'afterJob' | 'afterTime'>;
}

export function withTermFlags(command: Command): Command {
  return command
    .option(
      '--needs <list>',
      'what a worker must have: memory=8G,cores=4,gpu=optix,platform=linux-x64',
      needs,
    )
    .option('--max-slots <n|any>', 'slots that may render it at once', maxSlots)
    .option(
      '--uses <resource>',
      'takes one of this resource of the farm for each slot (may be given again)',
      uses,
    )
    .option(
      '--after <job|time>',
      'starts when that job is completed, or at 22:30 or 2026-12-24T18:00',
      after,
    );
}

/** Of these flags, those that were given. */
export function termsFrom(flags: TermFlags): JobChange {
  return {
    ...(flags.needs === undefined ? {} : { needs: flags.needs }),
    ...(flags.maxSlots === undefined ? {} : { maxSlots: flags.maxSlots === 'any' ? null : flags.maxSlots }),
    ...(flags.uses === undefined ? {} : { uses: flags.uses }),
    ...flags.after,
  };
}

function needs(text: string): JobNeeds {
  if (text === 'nothing') return {};
  const given = text.split(',').map((part) => {
    const [name = '', value = ''] = part.split('=');
    if (name === 'memory') return [name, bytes(value)];
    return [name, name === 'cores' ? Number(value) : value];
  });
  const parsed = Needs.strict().safeParse(Object.fromEntries(given));
  if (!parsed.success)
    throw new InvalidArgumentError(
      'It is a list like memory=8G,cores=4,gpu=optix,platform=linux-x64, or nothing.',
    );
  return parsed.data;
}

/** `8G`, `512M`, `1.5T`, in powers of 1024 as `free` and `top` count. */
function bytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([MGT])B?$/i.exec(text);
  const power = { m: 2, g: 3, t: 4 }[(match?.[2] ?? '').toLowerCase()];
  return match && power ? Number(match[1]) * 1024 ** power : Number.NaN;
}

function maxSlots(text: string): number | 'any' {
  if (text === 'any') return text;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It is a whole number from 1 on, or any.');
  return value;
}

function uses(value: string, before: string[] | undefined): string[] {
  if (value === 'nothing') return [];
  if (!ResourceName.safeParse(value).success)
    throw new InvalidArgumentError(
      'It is the name of a resource: lower-case letters, digits, dots and hyphens.',
    );
  return [...(before ?? []), value];
}

/** A job's id, a date, or a time of day, which is the next one that comes. */
export function after(text: string, _before?: unknown, now = new Date()): TermFlags['after'] {
  if (text === 'nothing') return { afterJob: null, afterTime: null };
  const clock = /^(\d{1,2}):(\d{2})$/.exec(text);
  if (clock) return { afterJob: null, afterTime: nextTime(Number(clock[1]), Number(clock[2]), now) };
  if (/^\d{4}-\d{2}-\d{2}/.test(text)) {
    const time = Date.parse(text);
    if (Number.isNaN(time)) throw new InvalidArgumentError('A date is written like 2026-12-24T18:00.');
    return { afterJob: null, afterTime: time };
  }
  if (!JobId.safeParse(text).success) throw new InvalidArgumentError("It is a job's id, a time or a date.");
  return { afterJob: text, afterTime: null };
}

function nextTime(hour: number, minute: number, now: Date): number {
  if (hour > 23 || minute > 59)
    throw new FarmError('usage.bad-flag', {
      flag: '--after',
      value: `${hour}:${minute}`,
      why: 'there is no such time of day',
    });
  const then = new Date(now);
  then.setHours(hour, minute, 0, 0);
  if (then <= now) then.setDate(then.getDate() + 1);
  return then.getTime();
}
