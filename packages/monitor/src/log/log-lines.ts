/** Of a longer log the last lines are shown. */
export const MOST_LINES = 5000;
/** A line of a scene that says megabytes at once. Characters. */
const LONGEST = 2000;

export interface LogLines {
  readonly lines: readonly LogLine[];
  /** Lines of the log in all. */
  readonly all: number;
  /** Earlier lines that are not looked at. */
  readonly left: number;
}

export interface LogLine {
  readonly number: number;
  readonly text: string;
}

/**
 * The lines of a log that hold what is searched for, upper and lower case alike; of a long log the last ones. `before`
 * lines came before this text.
 */
export function logLines(text: string, search: string, before = 0): LogLines {
  const split = text.replace(/\n$/, '').split(/\r?\n/);
  const here = text === '' ? 0 : split.length;
  const cut = Math.max(0, here - MOST_LINES);
  const left = before + cut;
  const wanted = search.toLowerCase();
  const lines = (text === '' ? [] : split.slice(cut))
    .map((line, index) => ({ number: left + index + 1, text: line.slice(0, LONGEST) }))
    .filter((line) => wanted === '' || line.text.toLowerCase().includes(wanted));
  return { lines, all: before + here, left };
}

/** A line in pieces, every second of which is what was searched for. */
export function markedParts(line: string, search: string): string[] {
  if (search === '') return [line];
  const parts: string[] = [];
  const [low, wanted] = [line.toLowerCase(), search.toLowerCase()];
  // Case folding may change how long a text is; then its places say nothing of the line's.
  if (low.length !== line.length || wanted.length !== search.length) return [line];
  let from = 0;
  for (let at = low.indexOf(wanted); at !== -1; at = low.indexOf(wanted, from)) {
    parts.push(line.slice(from, at), line.slice(at, at + wanted.length));
    from = at + wanted.length;
  }
  return [...parts, line.slice(from)];
}
