import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FarmError, ScenePath } from '@akashganga/protocol';
import { type Entry, openPromise } from 'yauzl';
import { LARGEST_BUILD } from './build-files.ts';

type Limits = { readonly files: number; readonly bytes: number };

/** The endings of archives that can be unpacked. */
export const ARCHIVES = ['.tar.xz', '.zip'] as const;

/**
 * Unpacks an archive into a new folder inside `folder` and gives its path. Nothing else is touched, whatever the
 * archive says; links in it stay links and are for the caller to judge. Throws `build.refused`; what was unpacked by
 * then is left for the caller to delete with `folder`.
 */
export async function unpackArchive(
  archive: string,
  folder: string,
  signal: AbortSignal,
  limits: Limits = LARGEST_BUILD,
): Promise<string> {
  const into = join(folder, 'unpacked');
  await mkdir(into);
  if (archive.endsWith('.zip')) await unzip(archive, into, limits, signal);
  else if (archive.endsWith('.tar.xz')) await untar(archive, into, limits, signal);
  else throw refused(archive, `it is neither a folder nor one of ${ARCHIVES.join(', ')}`);
  return into;
}

/** Both programs are the system's; GNU tar and bsdtar refuse what leads out, and we count what comes. */
async function untar(archive: string, folder: string, limits: Limits, signal: AbortSignal): Promise<void> {
  const options = { env: { PATH: '/usr/bin:/bin:/usr/local/bin', LC_ALL: 'C' }, signal };
  const xz = spawn('xz', ['--decompress', '--stdout'], { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
  const words = ['--extract', '--verbose', '--no-same-owner', '--no-same-permissions', '--file', '-'];
  const tar = spawn('tar', [...words, '--directory', folder], {
    ...options,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let files = 0;
  createInterface(tar.stdout).on('line', () => {
    files += 1;
    if (files > limits.files) tar.kill('SIGKILL');
  });
  const bound = atMost(limits.bytes, archive);
  const results = await Promise.allSettled([
    ended(xz, archive),
    ended(tar, archive),
    pipeline(createReadStream(archive), xz.stdin),
    pipeline(xz.stdout, bound, tar.stdin),
  ]);
  for (const child of [xz, tar]) if (child.exitCode === null) child.kill('SIGKILL');
  signal.throwIfAborted();
  if (files > limits.files) throw refused(archive, `it has more than ${limits.files} files`);
  // A broken pipe is only what another one's end looks like.
  const failures = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  const [told = failures[0]] = failures.filter((failure) => failure instanceof FarmError);
  if (told !== undefined) throw told;
}

function ended(child: ReturnType<typeof spawn>, archive: string): Promise<void> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(0, 10_000);
  });
  return new Promise((resolve, reject) => {
    child.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'ENOENT'
          ? refused(
              archive,
              'this system has no xz and tar to open it with; install xz-utils, or give the unpacked folder',
            )
          : cause,
      ),
    );
    child.once('close', (code, killed) => {
      // Only stripped, but no honest archive has such names.
      const isOdd = /Removing leading|contains '\.\.'/.test(said);
      if (code === 0 && !isOdd) return resolve();
      const why = isOdd
        ? 'it has paths that lead out of it'
        : said.trim().split('\n')[0] || `it ended with ${killed}`;
      reject(killed && !isOdd ? new Error(why) : refused(archive, why.replace(/\.$/, '')));
    });
  });
}

async function unzip(archive: string, folder: string, limits: Limits, signal: AbortSignal): Promise<void> {
  const zip = await openPromise(archive).catch((cause: Error) => {
    throw refused(archive, `it is damaged or no zip: ${cause.message}`, cause);
  });
  const left = { ...limits };
  try {
    // yauzl refuses names that lead out of the archive; ours are stricter.
    for await (const entry of zip.eachEntry()) {
      signal.throwIfAborted();
      if (entry.fileName.endsWith('/')) continue;
      left.files -= 1;
      left.bytes -= entry.uncompressedSize;
      mustBeFile(archive, entry);
      if (left.files < 0 || left.bytes < 0) throw refused(archive, 'it unpacks to more than any Blender has');
      const path = join(folder, entry.fileName);
      await mkdir(dirname(path), { recursive: true });
      // yauzl ends the stream with an error when more comes than the entry says.
      const bytes = await zip.openReadStreamPromise(entry);
      await pipeline(bytes, createWriteStream(path, { flags: 'wx', mode: modeOf(entry) }), { signal });
    }
  } catch (cause) {
    if (cause instanceof FarmError || signal.aborted) throw cause;
    throw refused(archive, `it is damaged: ${(cause as Error).message}`, cause);
  } finally {
    zip.close();
  }
}

const KIND = 0o170000;
const PLAIN = 0o100000;

function mustBeFile(archive: string, entry: Entry): void {
  const kind = (entry.externalFileAttributes >>> 16) & KIND;
  if (kind !== 0 && kind !== PLAIN) throw refused(archive, `${entry.fileName} in it is no plain file`);
  if (!ScenePath.safeParse(entry.fileName).success)
    throw refused(archive, 'it has a path that is not good on every system');
}

function modeOf(entry: Entry): number {
  return (entry.externalFileAttributes >>> 16) & 0o111 ? 0o755 : 0o644;
}

function atMost(bytes: number, archive: string): Transform {
  let seen = 0;
  return new Transform({
    transform(piece: Buffer, _, next) {
      seen += piece.length;
      next(seen > bytes ? refused(archive, 'it unpacks to more than any Blender has') : null, piece);
    },
  });
}

function refused(path: string, why: string, cause?: unknown): FarmError {
  return new FarmError('build.refused', { path, why }, { cause });
}
