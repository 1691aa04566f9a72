const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What is left, as people say it: rounded, and never to a precision nobody can promise. Seconds in. */
export function timeLeft(seconds: number): string {
  if (seconds < 45) return 'less than a minute';
  if (seconds < 90) return 'about a minute';
  const minutes = Math.round(seconds / MINUTE);
  if (minutes < 60) return `about ${minutes} minutes`;
  if (seconds < 6 * HOUR) return `about ${both(Math.round(minutes / 5) * 5, 60, 'hour', 'minute')}`;
  const hours = Math.round(seconds / HOUR);
  if (hours < 48) return `about ${hours} hours`;
  if (seconds < 6 * DAY) return `about ${both(hours, 24, 'day', 'hour')}`;
  return `about ${Math.round(seconds / DAY)} days`;
}

function both(amount: number, per: number, large: string, small: string): string {
  const whole = Math.floor(amount / per);
  const rest = amount % per;
  return rest === 0 ? many(whole, large) : `${many(whole, large)} ${many(rest, small)}`;
}

function many(n: number, unit: string): string {
  return n === 1 ? `1 ${unit}` : `${n} ${unit}s`;
}

/** A measured time, short and exact enough: `0.42 s`, `12.3 s`, `4 min 05 s`, `2 h 10 min`, `3 d 4 h`. Seconds in. */
export function measured(seconds: number): string {
  if (seconds < 1) return `${seconds.toFixed(2)} s`;
  if (seconds < MINUTE) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min ${pad(whole % MINUTE)} s`;
  if (whole < 2 * DAY) return `${Math.floor(whole / HOUR)} h ${pad(Math.floor((whole % HOUR) / MINUTE))} min`;
  return `${Math.floor(whole / DAY)} d ${Math.floor((whole % DAY) / HOUR)} h`;
}

function pad(n: number): string {
  return String(n).padStart(2, '0');
}

/** How long ago, as people say it. Both times in milliseconds; a clock that is ahead counts as now. */
export function ago(at: number, now: number): string {
  const seconds = (now - at) / 1000;
  if (seconds < 10) return 'just now';
  if (seconds < MINUTE) return `${Math.floor(seconds / 10) * 10} seconds ago`;
  if (seconds < HOUR) return `${many(Math.floor(seconds / MINUTE), 'minute')} ago`;
  if (seconds < DAY) return `${many(Math.floor(seconds / HOUR), 'hour')} ago`;
  if (seconds < 30 * DAY) return `${many(Math.floor(seconds / DAY), 'day')} ago`;
  return new Intl.DateTimeFormat('en', { dateStyle: 'medium' }).format(at);
}

const exactFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const clockFormat = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });

/** The exact time in the reader's own manner and time zone. */
export function exactTime(at: number): string {
  return exactFormat.format(at);
}

/** The time of day in the reader's own manner. */
export function clockTime(at: number): string {
  return clockFormat.format(at);
}
