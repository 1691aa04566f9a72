import { FarmError } from '@akashganga/protocol';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const MINUTES_A_DAY = 24 * 60;
const PART = /^(?:([a-z]{3})(?:-([a-z]{3}))?\s+)?(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$/;

/** On these days (0 is Monday), from this minute of the day on for so many minutes, perhaps into the next day. */
interface Hours {
  readonly days: readonly number[];
  readonly from: number;
  readonly minutes: number;
}

/**
 * Reads hours as people write them: `22:00-6:00`, `mon-fri 8:00-18:00; sat 10:00-12:00`. Hours that end before they
 * begin go on into the next day; the day named is the one on which they begin. Throws `request.invalid`.
 */
export function parseHours(spec: string): Hours[] {
  return spec
    .toLowerCase()
    .split(';')
    .map((part) => parsePart(part.trim(), spec));
}

function parsePart(part: string, spec: string): Hours {
  const match = PART.exec(part);
  if (!match) throw badHours(spec, `"${part}" is not like mon-fri 22:00-6:00`);
  const [, first, last, ...clock] = match;
  const [fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = clock.map(Number);
  if (fromHour > 23 || toHour > 24 || fromMinute > 59 || toMinute > 59 || (toHour === 24 && toMinute > 0))
    throw badHours(spec, `"${part}" names no time of a day`);
  const from = fromHour * 60 + fromMinute;
  const to = toHour * 60 + toMinute;
  return {
    days: daysOf(spec, first, last),
    from,
    minutes: to > from ? to - from : to + MINUTES_A_DAY - from,
  };
}

function daysOf(spec: string, first: string | undefined, last: string | undefined): number[] {
  if (first === undefined) return DAYS.map((_, day) => day);
  const from = dayOf(spec, first);
  const to = dayOf(spec, last ?? first);
  // `sat-mon` goes round the end of the week.
  return Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, count) => (from + count) % 7);
}

function dayOf(spec: string, name: string): number {
  const day = DAYS.indexOf(name as (typeof DAYS)[number]);
  if (day < 0) throw badHours(spec, `"${name}" is no day: they are ${DAYS.join(', ')}`);
  return day;
}

function badHours(spec: string, why: string): FarmError {
  return new FarmError('request.invalid', { why: `the hours "${spec.slice(0, 100)}": ${why}` });
}

/** Whether `now` (milliseconds since 1970) lies within the hours, by the clock on the wall in this time zone. */
export function isWithin(hours: readonly Hours[], timeZone: string, now: number): boolean {
  const { day, minute } = wallClock(timeZone, now);
  return hours.some(({ days, from, minutes }) => {
    const sinceToday = minute - from;
    const sinceYesterday = sinceToday + MINUTES_A_DAY;
    return (
      (days.includes(day) && sinceToday >= 0 && sinceToday < minutes) ||
      (days.includes((day + 6) % 7) && sinceYesterday < minutes)
    );
  });
}

// Making one costs far more than using it.
const clocks = new Map<string, Intl.DateTimeFormat>();
const MOST_CLOCKS = 1000;

function wallClock(timeZone: string, now: number): { day: number; minute: number } {
  const parts = new Map(
    clockFor(timeZone)
      .formatToParts(now)
      .map((part) => [part.type, part.value]),
  );
  const day = DAYS.indexOf((parts.get('weekday') ?? '').toLowerCase() as (typeof DAYS)[number]);
  return { day, minute: (Number(parts.get('hour')) % 24) * 60 + Number(parts.get('minute')) };
}

function clockFor(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known) return known;
  if (clocks.size >= MOST_CLOCKS) clocks.clear();
  const clock = makeClock(timeZone) ?? makeClock('UTC');
  if (!clock) throw new Error('there is no clock for UTC');
  clocks.set(timeZone, clock);
  return clock;
}

// A zone that this computer does not know is taken for UTC.
function makeClock(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
    });
  } catch {
    return null;
  }
}
