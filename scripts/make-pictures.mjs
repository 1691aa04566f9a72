// Makes the pictures of the README and the guide: a frame of the galaxy, and pages while a small farm renders it. With a
// folder, every page goes there too, by day and by night, on a screen and on a phone. No picture names this computer.
// Run: npm run build && node scripts/make-pictures.mjs [folder for all of them]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { hostname, networkInterfaces, tmpdir, userInfo } from 'node:os';
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
const HERE = ['--host', '127.0.0.1', '--address', '127.0.0.1'];
const roles = [];
try {
  const { page } = await role(
    'up',
    '--data',
    data,
    ...HERE,
    '--port',
    '0',
    '--frames-port',
    '0',
    '--slots',
    '1',
  );
  await addWorker('observatory');
  await takePictures(page, await fillFarm());
} finally {
  for (const child of roles.reverse()) await end(child);
  await rm(data, { recursive: true, force: true, maxRetries: 20 });
}

/** Starts a role that stays, and returns the first thing it says. */
function role(...args) {
  const child = spawn(process.execPath, [program, ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  roles.push(child);
  return firstLine(child.stdout);
}

/** Twice: what is under way is not waited for. */
async function end(child) {
  const ended = once(child, 'close');
  child.kill('SIGTERM');
  child.kill('SIGTERM');
  await ended;
}

async function addWorker(name) {
  const { code } = await command('join-code');
  const folder = join(data, name);
  await role('worker', '--data', folder, '--name', name, '--slots', '1', '--no-measure', '--join', code);
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
  const lacking = await command(
    'submit',
    join(data, 'missing-image.blend'),
    '--look-first',
    '--allow-missing',
  );
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
  const wide = { viewport: { width: 1440, height: 900 } };
  const night = await browser.newContext({ ...wide, colorScheme: 'dark' });
  const tab = await night.newPage();
  await tab.goto(page);
  const base = page.split('#')[0];
  await untilFrames(jobs.done, 12);
  await untilFrames(jobs.rendering, 14);
  await keep(tab, base, '#/', 'jobs');
  const signedIn = await night.cookies();
  const phone = await browser.newContext({ viewport: { width: 390, height: 844 }, colorScheme: 'light' });
  await phone.addCookies(signedIn);
  await keep(await phone.newPage(), base, `#/jobs/${jobs.rendering}`, 'phone');
  await phone.close();
  await untilFrames(jobs.rendering, 26);
  await keep(tab, base, `#/jobs/${jobs.rendering}`, 'monitor');
  if (all) await everyPage(browser, signedIn, base, jobs);
  await untilFrames(jobs.rendering, 48);
  const reply = await night.request.get(`${base}api/v1/jobs/${jobs.rendering}/frames/24/image`);
  await sharp(await reply.body())
    .jpeg({ quality: 90 })
    .toFile(join(images, 'galaxy.jpg'));
  await browser.close();
}

/** A picture for the README or the guide: one in the repository stays under 200 KB. */
async function keep(tab, base, hash, name) {
  await tab.goto('about:blank');
  await tab.goto(base + hash);
  await tab.waitForTimeout(2500);
  await untilSeen(tab);
  await nameNobody(tab);
  await sharp(await tab.screenshot())
    .jpeg({ quality: 86, mozjpeg: true })
    .toFile(join(images, `${name}.jpg`));
}

/** Until every picture is there, and where small ones of jobs may come, one is. */
async function untilSeen(tab) {
  await tab.waitForFunction(
    () =>
      [...document.images].every((image) => image.complete && image.naturalWidth > 0) &&
      !!document.querySelector('[data-empty]') === !!document.querySelector('[data-empty=false]'),
    undefined,
    { timeout: 15_000 },
  );
}

/** Puts other names where the page shows those of this computer, its addresses and who uses it. */
async function nameNobody(tab) {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all.map(({ address }) => address));
  const names = [
    [`${userInfo().username}@${hostname()}`, 'mira@studio'],
    [hostname(), 'studio'],
    [data, '/home/mira/farm'],
    ...addresses.map((address) => [address, '192.168.1.20']),
  ];
  await tab.evaluate(
    ({ pairs, user }) => {
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        const words = pairs.reduce((said, [from, to]) => said.replaceAll(from, to), text.data);
        const named = words === user ? 'mira' : words;
        if (named !== text.data) text.data = named;
      }
    },
    { pairs: names, user: userInfo().username },
  );
}

async function everyPage(browser, cookies, base, jobs) {
  await mkdir(all, { recursive: true });
  for (const colorScheme of ['dark', 'light'])
    for (const width of [1440, 390]) {
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
      await context.addCookies(cookies);
      const tab = await context.newPage();
      const reply = await context.request.get(`${base}api/v1/workers`);
      const [{ id: worker }] = (await reply.json()).workers;
      for (const [name, hash, act] of pagesOf(jobs, worker)) {
        await tab.goto('about:blank');
        await tab.goto(base + hash);
        await tab.waitForTimeout(1200);
        // One page that is not as expected is said and the others are still made.
        if (act) await act(tab).catch((error) => console.error(`${name}: ${error.message}`));
        await tab.waitForTimeout(act ? 700 : 0);
        // A page without any, as that of a job that has not begun, is taken as it is.
        await untilSeen(tab).catch(() => undefined);
        await nameNobody(tab);
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

/** Every page and what opens on it: its name, its hash, and what is done there first. */
function pagesOf({ rendering, done, lacking }, worker) {
  const press = (name) => (tab) => tab.getByRole('button', { name }).first().click({ timeout: 5000 });
  return [
    ['jobs', '#/'],
    ['job', `#/jobs/${rendering}`],
    ['job-done', `#/jobs/${done}`, lookBack],
    ['job-lacking', `#/jobs/${lacking}`],
    ['frame', `#/jobs/${done}/frames/3`],
    ['frame-compared', `#/jobs/${done}/frames/3/with/9`],
    ['workers', '#/workers'],
    ['worker', `#/workers/${worker}`],
    ['farm', '#/farm'],
    ['history', '#/history'],
    ['people', '#/people'],
    ['submit', '#/submit'],
    ['submit-ready', '#/submit', (tab) => tab.locator('input[type=file]').first().setInputFiles(galaxy)],
    ['job-frame', `#/jobs/${done}`, press('Frame 3, done')],
    ['job-menu', `#/jobs/${done}`, press('Download')],
    ['job-film', `#/jobs/${done}`, press(/^Make (the|a) film/)],
    ['job-question', `#/jobs/${lacking}`, askToCancel],
    ['add', '#/workers', press('Add a computer')],
    ['keys', '#/', (tab) => tab.keyboard.press('?')],
    [
      'selected',
      '#/',
      (tab) => tab.getByRole('checkbox', { name: 'Select andromeda' }).click({ force: true }),
    ],
  ];
}

/** What is drawn only once it is near the screen. */
async function lookBack(tab) {
  await tab.getByRole('region', { name: 'Statistics' }).scrollIntoViewIfNeeded();
  await tab.waitForTimeout(1500);
  await tab.evaluate(() => scrollTo(0, 0));
}

async function askToCancel(tab) {
  await tab.getByRole('button', { name: /^More for/ }).click({ timeout: 5000 });
  await tab.getByRole('menuitem', { name: 'Cancel' }).click({ timeout: 5000 });
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
  try {
    for await (const line of createInterface({ input: stream })) return JSON.parse(line);
    throw new Error('the command said nothing');
  } finally {
    // What it says later must not fill the pipe.
    stream.resume();
  }
}
