// How long it takes from `akashganga join CODE` until the farm lists the computer as an idle worker that shows a
// certificate of its own; beside it, in turns, what cannot be saved: Node's start alone, and Blender's telling its version.
// The number of slots is not measured, which a first join would do for half a minute.
// Run after `npx tsc -b packages`: npx tsx --conditions=source bench/join.ts [rounds]
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FarmClient } from '@akashganga/client';
import { accessRoutes, workerRoutes } from '@akashganga/protocol';
import { median, runProgram } from './run-program.ts';

const rounds = Number(process.argv[2] ?? 5);
const blender = process.env.AKASHGANGA_BLENDER ?? 'blender';
const command = join(import.meta.dirname, '../packages/cli/dist/main.js');
const folder = await mkdtemp(join(tmpdir(), 'akashganga-bench-'));

const manager = run(['manager', '--port', '0', '--host', '127.0.0.1', '--address', '127.0.0.1'], 'manager');
try {
  const { url } = await said(manager, 'ready');
  const key = (await readFile(join(folder, 'manager', 'key'), 'utf8')).trim();
  await using client = new FarmClient({ url: String(url), key });
  const seconds: Record<string, number[]> = { node: [], 'blender --version': [], join: [] };
  for (let round = 0; round < rounds; round += 1) {
    seconds.node?.push((await runProgram(process.execPath, ['-e', '0'])).seconds);
    seconds['blender --version']?.push((await runProgram(blender, ['--version'])).seconds);
    seconds.join?.push(await joined(client, round));
  }
  const least = median(seconds.node ?? []);
  for (const [what, all] of Object.entries(seconds)) {
    const figures = [median(all), Math.min(...all), Math.max(...all)].map((one) => one.toFixed(2));
    console.log(
      `${what}: ${figures[0]} s (${figures[1]} .. ${figures[2]}), ${(median(all) / least).toFixed(1)} of node`,
    );
  }
} finally {
  await ended(manager);
  await rm(folder, { recursive: true, force: true });
}

async function joined(client: FarmClient, round: number): Promise<number> {
  const { code } = await client.call(accessRoutes.joinCode, { body: {} });
  const name = `worker ${round}`;
  const started = performance.now();
  const worker = run(['join', code, '--name', name, '--no-measure'], `worker-${round}`);
  for (;;) {
    const { workers } = await client.call(workerRoutes.list, {});
    if (workers.some((one) => one.name === name && one.state === 'idle')) break;
    if (worker.exitCode !== null) throw new Error(`it did not join: ${worker.exitCode}`);
    await sleep(10);
  }
  const seconds = (performance.now() - started) / 1000;
  await ended(worker);
  return seconds;
}

function run(args: readonly string[], data: string): ChildProcess {
  const all = [command, ...args, '--data', join(folder, data), '--json'];
  return spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function said(child: ChildProcess, event: string): Promise<Record<string, unknown>> {
  let text = '';
  for await (const piece of child.stdout ?? []) {
    text += String(piece);
    const found = text.split('\n').find((line) => line.includes(`"event":"${event}"`));
    if (!found) continue;
    return JSON.parse(found) as Record<string, unknown>;
  }
  throw new Error(`it ended without "${event}": ${text}`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const closed = new Promise((next) => child.once('exit', next));
  child.kill('SIGTERM');
  await closed;
}
