import { readAll, runFfmpeg } from './run-ffmpeg.ts';

const asked = new Map<string, Promise<ReadonlySet<string>>>();

/** The encoders for pictures and sound that this ffmpeg was built with. It is asked once for each path; an ffmpeg that does not run has none. */
export function listEncoders(ffmpeg: string): Promise<ReadonlySet<string>> {
  const known = asked.get(ffmpeg) ?? ask(ffmpeg);
  asked.set(ffmpeg, known);
  return known;
}

async function ask(ffmpeg: string): Promise<ReadonlySet<string>> {
  const run = runFfmpeg(ffmpeg, ['-encoders']);
  const [text] = await Promise.all([readAll(run.stdout, 1 << 20).catch(() => Buffer.alloc(0)), run.ended]);
  return new Set(
    Array.from(text.toString('utf8').matchAll(/^ [VA]\S{5} (\S+) /gm), (match) => match[1] ?? ''),
  );
}
