import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { deliveryRoutes, fillPath, frameHeaders } from '@akashganga/protocol';
import { hashBytes } from '@akashganga/storage';
import { expect, test } from 'vitest';
import { FrameFarm, makePng, temporaryFolder } from '../../packages/frames/src/fixtures/frames.fixture.ts';
import {
  directoryRecord,
  endRecords,
  fileRecord,
  MOST_32,
} from '../../packages/frames/src/zip/zip-records.ts';
import { type ZipEntry, zipStream } from '../../packages/frames/src/zip/zip-stream.ts';

const run = promisify(execFile);
const changed = new Date('2026-01-02T03:04:06Z');

async function* each(entries: readonly ZipEntry[]): AsyncGenerator<ZipEntry> {
  yield* entries;
}

async function write(path: string, entries: AsyncIterable<ZipEntry>): Promise<void> {
  await pipeline(Readable.from(zipStream(entries)), createWriteStream(path));
}

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
}

test('unzip takes what was put in, under names in any script', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'a.zip');
  const film = Buffer.from(Array.from({ length: 5000 }, (_, at) => at % 251));
  await write(
    path,
    each([
      { name: 'आकाशगंगा/0001.png', changed, bytes: Buffer.from('one') },
      { name: 'आकाशगंगा/film.mp4', changed, size: film.length, crc: crc32(film), pieces: inPieces(film) },
      { name: 'आकाशगंगा/empty', changed, bytes: new Uint8Array() },
    ]),
  );
  await run('unzip', ['-tq', path]);
  await run('unzip', ['-q', path, '-d', folder.path], { env: { LC_ALL: 'C.UTF-8', TZ: 'UTC' } });
  expect(await readFile(join(folder.path, 'आकाशगंगा', '0001.png'), 'utf8')).toBe('one');
  expect(await readFile(join(folder.path, 'आकाशगंगा', 'film.mp4'))).toEqual(film);
});

test('a hundred thousand files fit into one zip', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'a.zip');
  async function* many(): AsyncGenerator<ZipEntry> {
    const bytes = Buffer.from('a picture');
    for (let at = 0; at < 100_000; at += 1) yield { name: `job/${at}.png`, changed, bytes };
  }
  await write(path, many());
  const { stdout } = await run('unzip', ['-tq', path]);
  expect(stdout).toContain('No errors');
  const { stdout: count } = await run('sh', ['-c', `unzip -Z1 "${path}" | wc -l`]);
  expect(Number(count)).toBe(100_000);
});

test('a file beyond 4 GiB, and one that begins there, are found by unzip', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'a.zip');
  const size = 2 ** 32 + 10;
  // What a zip with a file of 4 GiB holds, without writing 4 GiB: a hole in a sparse file.
  const small = { name: 'small', size: 5, crc: crc32('small'), changed };
  const large = { name: 'large', size, crc: 0, changed };
  const first = fileRecord(large);
  const second = fileRecord(small);
  const at = first.length + size;
  const directory = Buffer.concat([directoryRecord(large, 0), directoryRecord(small, at)]);
  const begin = at + second.length + 5;
  const file = await open(path, 'w');
  await file.write(first, 0, first.length, 0);
  await file.write(Buffer.concat([second, Buffer.from('small'), directory]), 0, undefined, at);
  const end = endRecords(2, directory.length, begin);
  await file.write(end, 0, end.length, begin + directory.length);
  await file.close();
  expect(at).toBeGreaterThan(MOST_32);
  const { stdout } = await run('unzip', ['-p', path, 'small']);
  expect(stdout).toBe('small');
  const { stdout: list } = await run('unzip', ['-Zl', path]);
  expect(list).toContain(String(size));
});

test('a file that changes while it is sent ends the zip', async () => {
  const bytes = Buffer.from('other bytes');
  const entry = { name: 'a', changed, size: bytes.length, crc: 1, pieces: inPieces(bytes) };
  await expect(Readable.from(zipStream(each([entry]))).toArray()).rejects.toThrow(
    'changed while it was sent',
  );
});

async function unpack(farm: FrameFarm, query: Record<string, string>, into: string): Promise<Response> {
  const reply = await farm.get(`/jobs/job-1/zip?${new URLSearchParams(query)}`);
  const path = join(into, 'job.zip');
  await writeFile(path, Buffer.from(await reply.arrayBuffer()));
  await run('unzip', ['-q', path, '-d', into]);
  return reply;
}

async function deliverOutput(farm: FrameFarm, frame: number, name: string, bytes: Buffer): Promise<void> {
  const params = { job: 'job-1', frame };
  const headers = { [frameHeaders.digest]: hashBytes(bytes), [frameHeaders.extension]: '.png' };
  const path = `${fillPath(deliveryRoutes.putOutput.route.path, params)}?name=${encodeURIComponent(name)}`;
  await (await farm.client.send({ method: 'PUT', path, headers, body: bytes })).body.dump();
  const outputs = [{ name, extension: '.png', digest: hashBytes(bytes), size: bytes.length }];
  await farm.client.call(deliveryRoutes.putOutputs, { params, body: { outputs } });
}

test('a zip has the frames asked for under their names, sums that sha256sum takes, and says what is missing', async () => {
  await using farm = await FrameFarm.start();
  await using folder = await temporaryFolder();
  for (const frame of [-1, 1, 2, 4]) await farm.deliver('job-1', frame, await makePng({ shade: 50 + frame }));
  const query = { frames: '-1,1-5', title: 'The/Shot', name: '{job}_{frame:05}' };
  const reply = await unpack(farm, query, folder.path);
  expect(reply.headers.get('content-type')).toBe('application/zip');
  expect(reply.headers.get('content-disposition')).toContain('attachment; filename="The_Shot.zip"');
  expect([reply.headers.get('akashganga-files'), reply.headers.get('akashganga-missing')]).toEqual([
    '4',
    '2',
  ]);
  const top = join(folder.path, 'The_Shot');
  expect((await readdir(top)).sort()).toEqual([
    ...['MISSING.txt', 'SHA256SUMS', 'The_Shot_-00001.png', 'The_Shot_00001.png', 'The_Shot_00002.png'],
    'The_Shot_00004.png',
  ]);
  const { stdout } = await run('sha256sum', ['-c', '--strict', 'SHA256SUMS'], { cwd: top });
  expect(stdout.match(/: OK/g)).toHaveLength(4);
  expect(await readFile(join(top, 'MISSING.txt'), 'utf8')).toBe('not rendered (2): 3,5\n');
  expect(await readdir(join(farm.folder, 'unfinished')), 'no temporary file').toEqual([]);
});

test('a frame whose file is gone or damaged on the disk is not in the zip, and is named', async () => {
  await using farm = await FrameFarm.start();
  await using folder = await temporaryFolder();
  for (const frame of [1, 2, 3]) await farm.deliver('job-1', frame, await makePng({ shade: frame }));
  const frames = join(farm.folder, 'jobs', 'job-1', 'frames');
  await rm(join(frames, '0002.png'));
  const bytes = await readFile(join(frames, '0003.png'));
  bytes[bytes.length - 1] = 1;
  await writeFile(join(frames, '0003.png'), bytes);
  await unpack(farm, { frames: '1-3', title: 'shot' }, folder.path);
  expect((await readdir(join(folder.path, 'shot'))).sort()).toEqual([
    '0001.png',
    'MISSING.txt',
    'SHA256SUMS',
  ]);
  expect(await readFile(join(folder.path, 'shot', 'MISSING.txt'), 'utf8')).toBe(
    '0002.png: its file is gone\n0003.png: its file is damaged\n',
  );
});

test('what came beside the frames and the film can be in it', async () => {
  await using farm = await FrameFarm.start();
  await using folder = await temporaryFolder();
  await deliverOutput(farm, 1, 'Passes/Mist', await makePng({ shade: 9 }));
  await farm.deliver('job-1', 1, await makePng());
  const paths = join(farm.folder, 'jobs', 'job-1');
  // Larger than what is read at once.
  const film = Buffer.alloc((16 << 20) + 5, 'film');
  await mkdir(paths, { recursive: true });
  await writeFile(join(paths, 'film.mp4'), film);
  const facts = { container: 'mp4', digest: hashBytes(film), size: film.length, frames: 1, name: 'shot' };
  await writeFile(join(paths, 'film.json'), JSON.stringify({ ...facts, madeFrom: 'x' }));
  const query = { frames: '1', title: 'shot', what: 'frames,outputs,film', name: 'a/{frame}' };
  await unpack(farm, query, folder.path);
  const top = join(folder.path, 'shot');
  const { stdout } = await run('sha256sum', ['-c', '--strict', 'SHA256SUMS'], { cwd: top });
  expect(stdout.split('\n').sort()).toEqual([
    '',
    'a/0001.png: OK',
    'outputs/Passes/Mist/a/0001.png: OK',
    'shot.mp4: OK',
  ]);
});

test('a zip that was cut goes on behind what is there, at any byte, and begins anew when it is another one', async () => {
  await using farm = await FrameFarm.start();
  await using folder = await temporaryFolder();
  for (const frame of [1, 2, 4]) await farm.deliver('job-1', frame, await makePng({ shade: frame }));
  const path = `/jobs/job-1/zip?${new URLSearchParams({ frames: '1-4', title: 'शॉट' })}`;
  const first = await farm.get(path);
  const tag = String(first.headers.get('etag'));
  const whole = Buffer.from(await first.arrayBuffer());
  for (const start of [1, 35, 200, Math.floor(whole.length / 2), whole.length - 30, whole.length - 1]) {
    const rest = await farm.get(path, { range: `bytes=${start}-`, 'if-range': tag });
    expect(rest.status).toBe(206);
    expect(rest.headers.get('content-range')).toBe(`bytes ${start}-${whole.length - 1}/${whole.length}`);
    expect(Buffer.from(await rest.arrayBuffer()).equals(whole.subarray(start)), `from ${start}`).toBe(true);
  }
  const middle = await farm.get(path, { range: 'bytes=10-99' });
  expect(Buffer.from(await middle.arrayBuffer()).equals(whole.subarray(10, 100))).toBe(true);
  expect((await farm.get(path, { range: `bytes=${whole.length}-` })).status).toBe(416);

  await farm.deliver('job-1', 2, await makePng({ shade: 77 }), { [frameHeaders.replace]: '1' });
  const other = await farm.get(path, { range: 'bytes=10-', 'if-range': tag });
  expect(other.status).toBe(200);
  expect(other.headers.get('etag')).not.toBe(tag);
  await writeFile(join(folder.path, 'a.zip'), Buffer.from(await other.arrayBuffer()));
  await run('unzip', ['-tq', join(folder.path, 'a.zip')]);
});

test('a frame that is found damaged where a zip goes on ends it, and the next one is without that frame', async () => {
  await using farm = await FrameFarm.start();
  for (const frame of [1, 2, 3]) await farm.deliver('job-1', frame, await makePng({ shade: frame }));
  const path = `/jobs/job-1/zip?${new URLSearchParams({ frames: '1-3', title: 'shot' })}`;
  const first = await farm.get(path);
  const tag = String(first.headers.get('etag'));
  await first.arrayBuffer();
  const file = join(farm.folder, 'jobs', 'job-1', 'frames', '0003.png');
  const bytes = await readFile(file);
  bytes[bytes.length - 1] = 1;
  await writeFile(file, bytes);
  const cut = await farm.get(path, { range: 'bytes=10-', 'if-range': tag });
  expect(cut.status).toBe(206);
  await expect(cut.arrayBuffer()).rejects.toThrow();
  const anew = await farm.get(path, { range: 'bytes=10-', 'if-range': tag });
  expect([anew.status, anew.headers.get('akashganga-missing')]).toEqual([200, '1']);
  await anew.arrayBuffer();
});

test('a zip of nothing, and hostile names, are refused', async () => {
  await using farm = await FrameFarm.start();
  await farm.deliver('job-1', 1, await makePng());
  for (const [query, code] of [
    [{ frames: '2-9', title: 'shot' }, 'job.no-results'],
    [{ frames: '1-x', title: 'shot' }, 'frames.bad-spec'],
    [{ frames: '1', title: 'shot', name: '../{frame}' }, 'request.invalid'],
    [{ frames: '1', title: 'shot', name: 'always' }, 'request.invalid'],
    [{ frames: '1', title: 'shot', what: 'frames,keys' }, 'request.invalid'],
    [{ title: 'shot' }, 'request.invalid'],
  ] as const) {
    const reply = await farm.get(`/jobs/job-1/zip?${new URLSearchParams(query)}`);
    expect(((await reply.json()) as { code: string }).code, JSON.stringify(query)).toBe(code);
  }
});

test('a reader who goes away leaves no file open', async () => {
  await using farm = await FrameFarm.start();
  await farm.deliver('job-1', 1, await makePng());
  const paths = join(farm.folder, 'jobs', 'job-1');
  const film = Buffer.alloc(64 << 20, 'film');
  await writeFile(join(paths, 'film.mp4'), film);
  const facts = { container: 'mp4', digest: hashBytes(film), size: film.length, frames: 1, name: 'shot' };
  await writeFile(join(paths, 'film.json'), JSON.stringify({ ...facts, madeFrom: 'x' }));
  const stop = new AbortController();
  const url = `${farm.client.url}/api/v1/jobs/job-1/zip?frames=1&title=shot&what=film`;
  const headers = { authorization: `Bearer ${farm.manager.key}` };
  const reply = await fetch(url, { headers, signal: stop.signal });
  await reply.body!.getReader().read();
  const isOpen = async () => {
    const links = (await readdir('/proc/self/fd')).map((fd) =>
      readlink(`/proc/self/fd/${fd}`).catch(() => ''),
    );
    return (await Promise.all(links)).some((path) => path.includes('film.mp4'));
  };
  await expect.poll(isOpen).toBe(true);
  stop.abort();
  await expect.poll(isOpen).toBe(false);
});
