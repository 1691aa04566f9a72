// How fast bytes travel, all in one run on shaped links: against rsync, curl, a bare TCP pipe, TFTP, and the 10 KB
// pieces with MD5 of 2008. Each computer is a network namespace on a bridge; `tc tbf` gives its link a rate both ways.
// Run as root, after `npx tsc -b packages`: npx tsx bench/transfer.ts [one] [eight] [edit] [table]   (default: these)
// Needs iproute2 (ip, tc), rsync, curl, tftp-hpa and tftpd-hpa; what is missing is said.
// `memory` by itself needs none of that: the most memory a manager takes for a scene of --size GiB (20), which lie on
// the disk meanwhile.
import { execFileSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { blobsIn } from '@akashganga/client';
import { type Digest, manifestBytes } from '@akashganga/protocol';
import { describeFile, hashBytes } from '@akashganga/storage';
import { type Host, makeHosts } from './transfer/hosts.ts';
import { memory } from './transfer/memory.ts';

const MIB = 1024 * 1024;
const here = import.meta.dirname;
// Not its command, which starts a process of its own that would outlive a signal.
const tsx = ['node', '--import', import.meta.resolve('tsx')];
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { size: { type: 'string', default: '20' } },
});
const onLinks = { one, eight, edit, table };
const asked = positionals.length > 0 ? positionals : Object.keys(onLinks);
const unknown = asked.find((name) => name !== 'memory' && !(name in onLinks));
if (unknown !== undefined) throw new Error(`there is no part ${unknown}`);
const gib = Number(values.size);
if (!(gib > 0)) throw new Error('--size is a number of GiB');

let count = 0;
const folder = await mkdtemp(join(tmpdir(), 'akashganga-transfer-'));
try {
  const parts = Object.entries(onLinks).filter(([name]) => asked.includes(name));
  if (parts.length > 0) {
    mustHave(['ip', 'tc', 'rsync', 'curl', 'in.tftpd', 'tftp', 'bash']);
    if (process.getuid?.() !== 0) throw new Error('bench/transfer makes network namespaces: run it as root');
  }
  for (const [, part] of parts) await part();
  if (asked.includes('memory')) await memory(gib);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** One receiver on 1 Gbit/s. */
async function one(): Promise<void> {
  await using net = await makeHosts(2, '1gbit');
  const [server, receiver] = net.hosts as [Host, Host];
  const path = await makeFile(500);
  await using farm = await startManager(server, path);
  const seconds = { rsync: [] as number[], curl: [] as number[], ours: [] as number[] };
  for (let round = 0; round < 3; round += 1) {
    seconds.rsync.push(await byRsync(server, receiver, path));
    seconds.curl.push(await byCurl(server, [receiver], path));
    seconds.ours.push(await byUs(farm, [receiver]));
  }
  const [rsync, curl, ours] = [seconds.rsync, seconds.curl, seconds.ours].map(median) as [
    number,
    number,
    number,
  ];
  console.log(`500 MiB to one receiver on 1 Gbit/s: rsync ${s(rsync)}, curl ${s(curl)}, ours ${s(ours)}`);
  console.log(`ours reaches ${(Math.min(rsync, curl) / ours).toFixed(2)} of the fastest (aim 0.9)\n`);
}

/** Eight receivers of a build, each link 200 Mbit/s, the server's too. */
async function eight(): Promise<void> {
  await using net = await makeHosts(9, '200mbit');
  const [server, ...receivers] = net.hosts as [Host, ...Host[]];
  const path = await makeFile(500);
  let single = 0;
  let all = 0;
  {
    await using farm = await startManager(server, path);
    single = await byUs(farm, receivers.slice(0, 1));
    all = await byUs(farm, receivers);
  }
  console.log(
    `500 MiB on links of 200 Mbit/s: one receiver ${s(single)}, eight ${s(all)}, ${(all / single).toFixed(2)} times (aim 1.5)`,
  );
  const curl = await byCurl(server, receivers, path);
  console.log(`eight by curl from one server ${s(curl)}, ${(curl / single).toFixed(2)} times\n`);
}

/** A scene sent again with 100 bytes inserted. */
async function edit(): Promise<void> {
  const path = await makeFile(200);
  const before = await describeFile(path);
  const bytes = await readFile(path);
  const at = 77 * MIB + 12_345;
  await writeFile(path, Buffer.concat([bytes.subarray(0, at), Buffer.alloc(100, 7), bytes.subarray(at)]));
  const known = new Set(blobsIn(path, before).map(({ digest }) => digest));
  const after = await describeFile(path);
  const fresh = blobsIn(path, after).filter(({ digest }) => !known.has(digest));
  const manifest = manifestBytes([{ path: 'scene.blend', ...after }]).length;
  const sent = fresh.reduce((sum, { size }) => sum + size, manifest);
  const share = ((sent / after.size) * 100).toFixed(2);
  console.log(
    `200 MiB again with 100 bytes inserted: ${(sent / MIB).toFixed(2)} MiB, ${share} % of it, to be sent (aim 2 %)\n`,
  );
}

/** The original's question: which way of moving a file is the fastest? */
async function table(): Promise<void> {
  await using net = await makeHosts(2, '1gbit');
  const [server, receiver] = net.hosts as [Host, Host];
  const rows = new Map<string, string[]>();
  const sizes = [1, 100];
  for (const size of sizes) {
    const path = await makeFile(size);
    await using farm = await startManager(server, path);
    const note = (name: string, seconds: number) =>
      rows.set(name, [
        ...(rows.get(name) ?? []),
        `${seconds.toFixed(2)} s (${(size / seconds).toFixed(0)} MiB/s)`,
      ]);
    note('a shell copy (`cat` through a TCP connection)', await byCat(server, receiver, path));
    note('TFTP', await byTftp(server, receiver, path));
    note('10 KB pieces with MD5, one after the other', await byTenKb(server, receiver, path));
    note('rsync', await byRsync(server, receiver, path));
    note('curl', await byCurl(server, [receiver], path));
    note('Akashganga', await byUs(farm, [receiver]));
  }
  console.log(
    `| way | ${sizes.map((size) => `${size} MiB`).join(' | ')} |\n| --- | ${sizes.map(() => '---').join(' | ')} |`,
  );
  for (const [name, cells] of rows) console.log(`| ${name} | ${cells.join(' | ')} |`);
}

interface Measured extends AsyncDisposable {
  readonly url: string;
  readonly data: string;
  readonly digest: Digest;
}

/** A whole manager of the product on a host, holding a file of its own. */
async function startManager(host: Host, path: string): Promise<Measured> {
  const data = await newFolder('manager');
  const args = ['manager', '--data', data, '--port', '7770', '--address', host.address, '--json'];
  const child = host.start('node', [join(here, '../packages/cli/dist/main.js'), ...args]);
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  const url = `https://${host.address}:7770`;
  const facts = await describeFile(path);
  const manifest = manifestBytes([{ path: basename(path), ...facts }]);
  await writeFile(`${path}.manifest`, manifest);
  const [node = '', ...loader] = tsx;
  await host.run(node, [...loader, join(here, 'transfer/send.ts'), url, data, path]);
  return {
    ...{ url, data, digest: hashBytes(manifest) },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await once(child, 'close');
      await rm(data, { recursive: true, force: true });
    },
  };
}

async function byUs(farm: Measured, receivers: readonly Host[]): Promise<number> {
  const folders = await Promise.all(receivers.map(() => newFolder('kept')));
  const children = receivers.map((host, index) =>
    host.start(
      'node',
      [
        ...tsx.slice(1),
        join(here, 'transfer/receive.ts'),
        farm.url,
        farm.data,
        farm.digest,
        folders[index] ?? '',
      ],
      'pipe',
    ),
  );
  const line = async (child: (typeof children)[number]) =>
    String((await once(child.stdout as NodeJS.ReadableStream, 'data'))[0]);
  await Promise.all(children.map(line));
  const ended = children.map(line);
  for (const child of children) child.stdin?.write('go\n');
  const seconds = (await Promise.all(ended)).map(Number);
  for (const child of children) child.stdin?.end();
  await Promise.all(children.map((child) => once(child, 'close')));
  await Promise.all(folders.map((one) => rm(one, { recursive: true, force: true })));
  return Math.max(...seconds);
}

async function byCurl(server: Host, receivers: readonly Host[], path: string): Promise<number> {
  const program = `require('http').createServer((q,r)=>{const f=require('fs');r.setHeader('content-length',f.statSync(${JSON.stringify(path)}).size);f.createReadStream(${JSON.stringify(path)},{highWaterMark:1048576}).pipe(r)}).listen(7001)`;
  return served(server, ['node', '-e', program], receivers, (target) => [
    'curl',
    '-sSf',
    '-o',
    target,
    `http://${server.address}:7001/`,
  ]);
}

async function byRsync(server: Host, receiver: Host, path: string): Promise<number> {
  const config = join(await newFolder('rsync'), 'rsyncd.conf');
  await writeFile(config, `use chroot = no\nuid = root\ngid = root\n[files]\npath = ${dirname(path)}\n`);
  const daemon = ['rsync', '--daemon', '--no-detach', '--port=7002', `--config=${config}`];
  const source = `rsync://${server.address}:7002/files/${basename(path)}`;
  return served(server, daemon, [receiver], (target) => ['rsync', '--whole-file', source, target]);
}

function byTenKb(server: Host, receiver: Host, path: string): Promise<number> {
  const script = join(here, 'transfer/ten-kb.ts');
  return served(server, [...tsx, script, 'serve', path], [receiver], (target) => [
    ...tsx,
    script,
    'fetch',
    server.address,
    target,
  ]);
}

function byTftp(server: Host, receiver: Host, path: string): Promise<number> {
  const daemon = ['in.tftpd', '-L', '-s', '-u', 'root', '-a', `${server.address}:69`, dirname(path)];
  return served(server, daemon, [receiver], (target) => [
    ...[
      'bash',
      '-c',
      `cd ${dirname(target)} && tftp -m binary ${server.address} -c get ${basename(path)} && mv ${basename(path)} ${target}`,
    ],
  ]);
}

function byCat(server: Host, receiver: Host, path: string): Promise<number> {
  const program = `require('net').createServer((c)=>{const {spawn}=require('child_process');spawn('cat',[${JSON.stringify(path)}],{stdio:['ignore',c,'inherit']}).on('close',()=>c.destroy())}).listen(7004)`;
  return served(server, ['node', '-e', program], [receiver], (target) => [
    'bash',
    '-c',
    `cat < /dev/tcp/${server.address}/7004 > ${target}`,
  ]);
}

/** Starts a server on one host, then the same client on all receivers; the seconds until the last is done. */
async function served(
  server: Host,
  [program = '', ...args]: readonly string[],
  receivers: readonly Host[],
  client: (target: string) => readonly string[],
): Promise<number> {
  const daemon = server.start(program, args);
  await sleep(1500);
  const folders = await Promise.all(receivers.map(() => newFolder('to')));
  const started = performance.now();
  await Promise.all(
    receivers.map((host, index) => {
      const [one = '', ...more] = client(join(folders[index] ?? '', 'file'));
      return host.run(one, more);
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  daemon.kill('SIGKILL');
  await once(daemon, 'close');
  await Promise.all(folders.map((one) => rm(one, { recursive: true, force: true })));
  return seconds;
}

async function newFolder(name: string): Promise<string> {
  count += 1;
  const path = join(folder, `${name}-${count}`);
  await mkdir(path);
  return path;
}

async function makeFile(mib: number): Promise<string> {
  const path = join(await newFolder('file'), 'data.bin');
  await writeFile(path, randomFillSync(Buffer.alloc(mib * MIB)));
  return path;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function s(seconds: number): string {
  return `${seconds.toFixed(2)} s`;
}

function mustHave(programs: readonly string[]): void {
  const missing = programs.filter((program) => {
    try {
      execFileSync('sh', ['-c', `command -v ${program}`], {
        env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
      });
      return false;
    } catch {
      return true;
    }
  });
  if (missing.length > 0)
    throw new Error(
      `bench/transfer needs ${missing.join(', ')}; install iproute2, rsync, curl, tftp-hpa and tftpd-hpa`,
    );
}
