import { createHash } from 'node:crypto';
import { realpath, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server } from 'node:net';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { FarmError } from '@akashganga/protocol';
import { makeFolder } from './make-folder.ts';

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Takes a folder for this process alone. The lock is a listening socket, so it ends with the process,
 * however that ends. Throws `machine.data-in-use` or `machine.data-not-writable`.
 */
export async function lockFolder(folder: string, role: string): Promise<FolderLock> {
  try {
    await makeFolder(folder);
  } catch (cause) {
    throw new FarmError('machine.data-not-writable', { folder, why: (cause as Error).message }, { cause });
  }
  const address = await lockAddress(folder);
  const server = await listen(address).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE')
      throw new FarmError('machine.data-not-writable', { folder, why: error.message }, { cause: error });
    if (await isAnswering(address)) throw new FarmError('machine.data-in-use', { folder, role });
    // Left by a process that was killed.
    await rm(address, { force: true });
    return listen(address);
  });
  return { release: () => close(server) };
}

// A socket's path may have about 100 bytes; longer ones live under the temporary folder, named by digest.
async function lockAddress(folder: string): Promise<string> {
  const real = await realpath(folder);
  const name = createHash('sha256').update(real).digest('hex').slice(0, 24);
  if (platform() === 'win32') return `\\\\.\\pipe\\akashganga-${name}`;
  const inside = join(real, '.lock');
  return Buffer.byteLength(inside) < 100
    ? inside
    : join(tmpdir(), `akashganga-${process.getuid?.() ?? 0}-${name}.lock`);
}

function listen(address: string): Promise<Server> {
  return new Promise((listening, failed) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', failed);
    server.listen(address, () => {
      server.unref();
      listening(server);
    });
  });
}

function isAnswering(address: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = createConnection(address);
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((done) => server.close(() => done()));
}
