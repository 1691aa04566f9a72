// Certificates that end while their processes run: a worker and a frame server get new ones and go on.
import { X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { issueCertificate } from '@akashganga/trust';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Command } from './processes/command.ts';
import { writeFakeScene } from './processes/scenes.ts';
import { TestFarm } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

const DAY = 86_400_000;
/** Enough for the slowest computer to start a farm in. */
const LEFT_MS = 45_000;

let folder: TestFolder;
beforeEach(async () => {
  folder = await TestFolder.make();
});
afterEach(() => folder[Symbol.asyncDispose]());

type Pass = { readonly id: string; readonly certificate: string; readonly publicKey: string };
type Role = 'worker' | 'frames';
const DATA = { worker: 'worker-1', frames: 'frames' } as const;

function passFile(role: Role): string {
  return folder.join(DATA[role], role, 'pass.json');
}

async function endOf(role: Role): Promise<number> {
  const { certificate } = JSON.parse(await readFile(passFile(role), 'utf8')) as Pass;
  return Date.parse(new X509Certificate(certificate).validTo);
}

/** The role's certificate is one that ends soon, as if the computer had been off for a year. */
async function letEndSoon(role: Role): Promise<void> {
  const authority = JSON.parse(await readFile(folder.join('manager', 'trust', 'authority.json'), 'utf8'));
  const pass = JSON.parse(await readFile(passFile(role), 'utf8')) as Pass;
  const { id, publicKey } = pass;
  const names = role === 'frames' ? ['127.0.0.1'] : [];
  const order = { id, publicKey, role, names, now: Date.now() - 365 * DAY + LEFT_MS };
  const certificate = await issueCertificate(authority, order);
  await writeFile(passFile(role), JSON.stringify({ ...pass, certificate }));
}

async function render(farm: TestFarm): Promise<void> {
  const scene = { width: 64, height: 36, frameEnd: 4 };
  const job = await farm.ended(await farm.submit(await writeFakeScene(folder, scene)), 90);
  expect(job).toMatchObject({ state: 'completed', problem: null, frames: { done: 4 } });
}

test('a worker and a frame server whose certificates end while they run get new ones, and render before and after', async () => {
  await using farm = await TestFarm.start(folder, { workers: 1 });
  const roles = ['worker', 'frames'] as const;
  for (const role of roles) await farm.role(DATA[role]).stop();
  await farm.role('manager').stop();
  // They start while nobody can renew anything.
  for (const role of roles) await letEndSoon(role);
  const more = { worker: ['--no-measure', '--slots', '1'], frames: ['--host', '127.0.0.1', '--port', '0'] };
  const start = async (role: Role) => {
    const args = [role, '--data', farm.data(DATA[role]), '--json', ...more[role]];
    const command = new Command(args, farm.environment, folder.path);
    farm.roles.set(DATA[role], command);
    await command.event('ready');
  };
  await Promise.all(roles.map(start));
  const end = await endOf('worker');
  expect(end - Date.now()).toBeLessThan(LEFT_MS);
  await farm.startManager();
  await render(farm);
  for (const role of roles) await expect.poll(() => endOf(role)).toBeGreaterThan(Date.now() + 300 * DAY);
  await new Promise((next) => setTimeout(next, Math.max(0, end - Date.now()) + 1000));
  await render(farm);
});
