// Makes the pictures of the README and the guide: a frame of the galaxy, and the page while a small farm renders it. With
// a folder, every page goes there too, by day and by night, on a screen and on a phone.
// Run: node scripts/make-pictures.mjs [folder for all of them]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import sharp from 'sharp';
import { launchBrowser } from './launch-browser.mjs';
import { root } from './set-up.mjs';

const program = join(root, 'packages', 'cli', 'dist', 'main.js');
const galaxy = join(root, 'examples', 'galaxy.blend');
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
  await takePictures(page, await fillFarm());
} finally {
  farm.kill('SIGTERM');
  farm.kill('SIGTERM');
  await once(farm, 'close');
  await rm(data, { recursive: true, force: true });
}

/** Jobs as a farm has them: done, paused, canceled, one that lacks a file, and one that renders. */
async function fillFarm() {
  const done = await submit('andromeda', '--frames', '1-12');
  const paused = await submit('whirlpool', '--paused', '--priority', '80');
  const canceled = await submit('sombrero', '--paused', '--frames', '1-24');
  await command('cancel', canceled);
  await run(
    'blender',
    '-b',
    '--factory-startup',
    '-P',
    join(root, 'examples', 'make-small-scenes.py'),
    '--',
    data,
  );
  const lacking = await command('submit', join(data, 'missing-image.blend'), '--look-first');
  const rendering = await submit('galaxy');
  return { done, paused, lacking: lacking.job, rendering };
}

/** The galaxy under a name. */
async function submit(name, ...more) {
  const scene = join(data, `${name}.blend`);
  await copyFile(galaxy, scene);
  return (await command('submit', scene, ...more)).job;
}

async function takePictures(page, jobs) {
  await mkdir(images, { recursive: true });
  const browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark' });
  const tab = await context.newPage();
  await tab.goto(page);
  const base = page.split('#')[0];
  await untilFrames(jobs.done, 12);
  await untilFrames(jobs.rendering, 14);
  await keep(tab, base, '#/', 'jobs');
  await untilFrames(jobs.rendering, 30);
  await keep(tab, base, `#/jobs/${jobs.rendering}`, 'monitor');
  if (all) await everyPage(browser, await context.cookies(), base, jobs);
  await untilFrames(jobs.rendering, 48);
  const reply = await context.request.get(`${base}api/v1/jobs/${jobs.rendering}/frames/24/image`);
  await sharp(await reply.body())
    .jpeg({ quality: 90 })
    .toFile(join(images, 'galaxy.jpg'));
  await browser.close();
}

/** A picture for the guide: one in the repository stays under 200 KB. */
async function keep(tab, base, hash, name) {
  await tab.goto(base + hash);
  await tab.waitForTimeout(2500);
  await sharp(await tab.screenshot())
    .jpeg({ quality: 86, mozjpeg: true })
    .toFile(join(images, `${name}.jpg`));
}

async function everyPage(browser, cookies, base, jobs) {
  await mkdir(all, { recursive: true });
  const { workers } = await command('workers');
  const pages = [
    ['jobs', '#/'],
    ['job', `#/jobs/${jobs.rendering}`],
    ['job-done', `#/jobs/${jobs.done}`],
    ['job-lacking', `#/jobs/${jobs.lacking}`],
    ['workers', '#/workers'],
    ['worker', `#/workers/${workers[0].id}`],
    ['history', '#/history'],
    ['submit', '#/submit'],
    ['submit-ready', '#/submit', (tab) => tab.locator('input[type=file]').first().setInputFiles(galaxy)],
    ['job-frame', `#/jobs/${jobs.done}`, (tab) => tab.getByRole('button', { name: 'Frame 3, done' }).click()],
    ['job-menu', `#/jobs/${jobs.done}`, (tab) => tab.getByRole('button', { name: 'Download' }).click()],
    ['add', '#/workers', (tab) => tab.getByRole('button', { name: 'Add a computer' }).click()],
    ['keys', '#/', (tab) => tab.keyboard.press('?')],
    [
      'selected',
      '#/',
      (tab) => tab.getByRole('checkbox', { name: 'Select andromeda' }).click({ force: true }),
    ],
  ];
  for (const colorScheme of ['dark', 'light'])
    for (const width of [1440, 390]) {
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
      await context.addCookies(cookies);
      const tab = await context.newPage();
      for (const [name, hash, act] of pages) {
        await tab.goto('about:blank');
        await tab.goto(base + hash);
        await tab.waitForTimeout(1200);
        if (act) await act(tab);
        await tab.waitForTimeout(act ? 700 : 0);
        await tab.screenshot({ path: join(all, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      }
      await context.clearCookies();
      await tab.goto('about:blank');
      await tab.goto(base);
      await tab.waitForTimeout(700);
      await tab.screenshot({ path: join(all, `sign-in-${width}-${colorScheme}.png`) });
      await context.close();
    }
}

async function untilFrames(job, frames) {
  while ((await command('job', job)).frames.done < frames) await new Promise((next) => setTimeout(next, 500));
}

async function command(...args) {
  const child = spawn(process.execPath, [program, ...args, '--json', '--data', data], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return firstLine(child.stdout);
}

async function run(name, ...args) {
  const child = spawn(name, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${name} ended with ${code}`);
}

async function firstLine(stream) {
  for await (const line of createInterface({ input: stream })) return JSON.parse(line);
  throw new Error('the command said nothing');
}
