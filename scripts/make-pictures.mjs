// Makes the pictures of the README and the guide: a frame of the galaxy, and the page while it renders.
// Run: node scripts/make-pictures.mjs [folder for all sizes and schemes]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import sharp from 'sharp';
import { launchBrowser } from './launch-browser.mjs';
import { root } from './set-up.mjs';

const program = join(root, 'packages', 'cli', 'dist', 'main.js');
const images = join(root, 'docs', 'images');
const all = process.argv[2] ?? null;
const data = await mkdtemp(join(tmpdir(), 'akashganga-pictures-'));
const farm = spawn(
  process.execPath,
  [program, 'up', '--json', '--data', data, '--host', '127.0.0.1', '--port', '0', '--frames-port', '0'],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
try {
  const { page } = await firstLine(farm.stdout);
  const first = await command('submit', join(root, 'examples', 'galaxy.blend'), '--frames', '1-8');
  const job = await command('submit', join(root, 'examples', 'galaxy.blend'));
  await takePictures(page, job.job, first.job);
} finally {
  farm.kill('SIGTERM');
  farm.kill('SIGTERM');
  await once(farm, 'close');
  await rm(data, { recursive: true, force: true });
}

async function takePictures(page, job, first) {
  await mkdir(images, { recursive: true });
  const browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark' });
  const tab = await context.newPage();
  await tab.goto(page);
  await untilDone(first);
  await untilFrames(job, 30);
  const base = page.split('#')[0];
  await tab.goto(`${base}#/jobs/${job}`);
  await tab.waitForTimeout(2500);
  // A picture in the repository stays under 200 KB.
  await sharp(await tab.screenshot())
    .jpeg({ quality: 88 })
    .toFile(join(images, 'monitor.jpg'));
  if (all) await everySize(browser, context, base, job);
  await untilDone(job);
  const reply = await context.request.get(`${base}api/v1/jobs/${job}/frames/24/image`);
  await sharp(await reply.body())
    .jpeg({ quality: 90 })
    .toFile(join(images, 'galaxy.jpg'));
  await browser.close();
}

async function everySize(browser, signedIn, base, job) {
  await mkdir(all, { recursive: true });
  const cookies = await signedIn.cookies();
  for (const colorScheme of ['dark', 'light'])
    for (const width of [1440, 390]) {
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
      await context.addCookies(cookies);
      const tab = await context.newPage();
      for (const [name, hash] of [
        ['jobs', '#/'],
        ['job', `#/jobs/${job}`],
        ['workers', '#/workers'],
      ]) {
        await tab.goto(base + hash);
        await tab.waitForTimeout(1500);
        await tab.screenshot({ path: join(all, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      }
      await context.close();
    }
}

async function untilFrames(job, frames) {
  while ((await command('job', job)).frames.done < frames) await new Promise((next) => setTimeout(next, 500));
}

async function untilDone(job) {
  while ((await command('job', job)).state !== 'completed')
    await new Promise((next) => setTimeout(next, 500));
}

async function command(...args) {
  const child = spawn(process.execPath, [program, ...args, '--json', '--data', data], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return firstLine(child.stdout);
}

async function firstLine(stream) {
  for await (const line of createInterface({ input: stream })) return JSON.parse(line);
  throw new Error('the command said nothing');
}
