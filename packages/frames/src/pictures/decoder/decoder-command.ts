import { execFile } from 'node:child_process';
import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How decoders are started. */
export interface DecoderCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** No network, and nothing of the computer but programs and the frames. */
  readonly isEnclosed: boolean;
}

export interface DecoderWish {
  readonly ffmpeg: string | null;
  /** What it may read: the frame server's own folder. */
  readonly folder: string;
  /** In pixels. */
  readonly largestPicture: number;
  /** The text of PATH, to find bubblewrap. */
  readonly searchPath: string;
}

const require = createRequire(import.meta.url);

/**
 * The command of a decoder: with a limit of memory, no files written, and inside bubblewrap where that is there and
 * works. Elsewhere than on Linux and macOS it is a process of its own and no more.
 */
export async function decoderCommand(wish: DecoderWish): Promise<DecoderCommand> {
  const plain = [process.execPath, entry(), wish.ffmpeg ?? '', String(wish.largestPicture)];
  const [file = '', ...args] = plain;
  if (process.platform === 'win32') return { file, args, isEnclosed: false };
  const limited = ['/bin/sh', '-c', LIMITS, 'decoder', String(kilobytes(wish.largestPicture)), ...plain];
  const room = process.platform === 'linux' ? bubblewrap(wish) : null;
  const isEnclosed = room !== null && (await works(room));
  const [first = '', ...rest] = isEnclosed ? [...room, ...limited] : limited;
  return { file: first, args: rest, isEnclosed };
}

// The memory that a process has for itself; what ffmpeg has, which a decoder starts, counts apart and has the same
// limit. No core, no file. A system without one of these limits goes on without it.
const LIMITS =
  'ulimit -c 0 2>/dev/null; ulimit -f 0 2>/dev/null; ulimit -d "$1" 2>/dev/null; shift; exec "$@"';
const OWN_KILOBYTES = 768 * 1024;
/** The picture with alpha and 16 bits, and half of it once more for what a decoder keeps beside it. */
const BYTES_PER_PIXEL = 12;

function kilobytes(pixels: number): number {
  return OWN_KILOBYTES + Math.ceil((pixels * BYTES_PER_PIXEL) / 1024);
}

// Tests run from the sources, which Node cannot start; what was built of them is the same.
function entry(): string {
  const beside = fileURLToPath(new URL('./decoder-main.ts', import.meta.url));
  return import.meta.url.endsWith('.ts')
    ? beside.replace(/([\\/])src([\\/]pictures[\\/])/, '$1dist$2').replace(/\.ts$/, '.js')
    : beside.replace(/\.ts$/, '.js');
}

const systemFolders = ['/usr', '/lib', '/lib32', '/lib64', '/bin', '/sbin'];
const systemFiles = ['/etc/ld.so.cache', '/etc/ld.so.conf', '/etc/ld.so.conf.d', '/etc/alternatives'];

function bubblewrap({ ffmpeg, folder, searchPath }: DecoderWish): string[] | null {
  const program = searchPath
    .split(delimiter)
    .map((one) => join(one, 'bwrap'))
    .find((path) => path !== 'bwrap' && existsSync(path));
  if (!program) return null;
  const own = [
    ...systemFiles,
    ...codeFolders(),
    process.execPath,
    ...(ffmpeg ? [dirname(realpathSync(ffmpeg)), ffmpeg] : []),
  ];
  return [
    program,
    ...['--unshare-all', '--die-with-parent', '--new-session', '--cap-drop', 'ALL', '--clearenv'],
    ...['--setenv', 'PATH', '/usr/bin:/bin', '--setenv', 'LANG', 'C.UTF-8'],
    ...systemFolders.flatMap(showSystemFolder),
    ...['--proc', '/proc', '--dev', '/dev', '--size', '1048576', '--tmpfs', '/tmp'],
    ...own.flatMap((path) => ['--ro-bind-try', path, path]),
    ...['--ro-bind', folder, folder, '--chdir', '/', '--'],
  ];
}

function showSystemFolder(path: string): string[] {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return [];
  return found.isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path];
}

/** Where the code of a decoder is: this package, those it imports, and the folder they were installed into. */
function codeFolders(): string[] {
  const installed = join(dirname(require.resolve('sharp')), '..', '..');
  const own = fileURLToPath(new URL('../../..', import.meta.url));
  const protocol = realpathSync(
    join(dirname(fileURLToPath(import.meta.resolve('@akashganga/protocol'))), '..'),
  );
  return [installed, own, protocol];
}

/** Whether a program starts in there and sees its code. Takes about 20 ms. */
function works([file = '', ...args]: readonly string[]): Promise<boolean> {
  const look = [...args, '/bin/sh', '-c', 'test -r "$1"', 'trial', entry()];
  return new Promise((resolve) => {
    execFile(file, look, { timeout: 10_000, killSignal: 'SIGKILL' }, (error) => resolve(error === null));
  });
}
