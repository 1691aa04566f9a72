/// <reference lib="dom" />
import { jobRoutes } from '@akashganga/protocol';
import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { writeFakeScene } from './processes/scenes.ts';
import { browserForTests, complaintsOf, signIn } from './processes/test-browser.ts';
import { fakeEnvironment, TestFarm } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

const FRAMES = 96;
/** Broken the first three times: a gap in the film. */
const GAP = [20, 21, 22];

const browser = browserForTests();

interface Seen {
  /** What the player says it shows. */
  readonly position: number;
  /** Mean blue of the picture that is shown: 37 times the frame's number, modulo 256. */
  readonly blue: number;
}

/** Reads back the picture that the video element shows at this moment. */
function look(video: Locator): Promise<Seen> {
  return video.evaluate((element: HTMLVideoElement) => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [element.videoWidth, element.videoHeight];
    const pen = canvas.getContext('2d');
    if (!pen || canvas.width === 0) return { position: Number(element.dataset.position), blue: -1 };
    pen.drawImage(element, 0, 0);
    const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
    let sum = 0;
    for (let at = 2; at < data.length; at += 4) sum += data[at] ?? 0;
    return { position: Number(element.dataset.position), blue: (sum / data.length) * 4 };
  });
}

/** The blue in the middle of a canvas. */
function middleBlue(canvas: Locator): Promise<number> {
  return canvas.evaluate((element: HTMLCanvasElement) => {
    const pen = element.getContext('2d');
    return pen?.getImageData(element.width / 2, element.height / 2, 1, 1).data[2] ?? -1;
  });
}

/** Every picture that is presented from now on, with the time it has in the film. */
async function watchPictures(video: Locator): Promise<() => Promise<readonly Seen[]>> {
  await video.evaluate((element: HTMLVideoElement) => {
    const seen: Seen[] = [];
    const canvas = document.createElement('canvas');
    const pen = canvas.getContext('2d', { willReadFrequently: true });
    Object.assign(window, { seen });
    const note = (_: number, { mediaTime }: VideoFrameCallbackMetadata) => {
      [canvas.width, canvas.height] = [element.videoWidth, element.videoHeight];
      pen?.drawImage(element, 0, 0);
      const data = pen?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      let sum = 0;
      for (let at = 2; at < data.length; at += 4) sum += data[at] ?? 0;
      seen.push({ position: Math.round(mediaTime * 24), blue: (sum / data.length) * 4 });
      element.requestVideoFrameCallback(note);
    };
    element.requestVideoFrameCallback(note);
  });
  return () => video.evaluate(() => [...(window as unknown as { seen: Seen[] }).seen]);
}

/** What is said over the picture from now on, each sentence once in a row. */
async function watchMarks(player: Locator): Promise<() => Promise<readonly string[]>> {
  await player.evaluate((element) => {
    const marks: string[] = [];
    Object.assign(window, { marks });
    new MutationObserver(() => {
      const said = element.querySelector('p[data-state]')?.textContent ?? '';
      if (said !== '' && marks.at(-1) !== said) marks.push(said);
    }).observe(element, { subtree: true, childList: true, characterData: true });
  });
  return () => player.evaluate(() => [...(window as unknown as { marks: string[] }).marks]);
}

/** How far a shade is from that of a frame; 37 steps lie between neighbours. */
function distance(blue: number, frame: number): number {
  const apart = Math.abs(blue - ((frame * 37) & 255));
  return Math.min(apart, 256 - apart);
}

/** A callback that runs late on a busy computer is told of one picture and sees the next; more is wrong. */
function isWrong({ position, blue }: Seen, frameAt: (position: number) => number): boolean {
  return [position, position + 1].every((at) => distance(blue, frameAt(at)) > 14);
}

/** The frame whose picture is to be seen at a position: itself, or the one before a gap. */
function heldFrame(position: number): number {
  const frame = position + 1;
  return GAP.includes(frame) ? 19 : frame;
}

async function pausedHalfway(folder: TestFolder, farm: TestFarm): Promise<string> {
  const scene = await writeFakeScene(folder, {
    ...{ width: 64, height: 36, frameEnd: FRAMES, secondsPerFrame: 0.05 },
    ...{ behaviour: 'crash', onFrames: GAP, times: 3 },
  });
  const job = await farm.submit(scene);
  await farm.until(job, ({ frames }) => frames.done >= FRAMES / 2, 90);
  await farm.client.call(jobRoutes.pause, { params: { job } });
  await farm.until(job, ({ frames }) => frames.rendering + frames.delivering + frames.leased === 0);
  return job;
}

test('the growing film plays at 50 % with its gap held and marked, follows what comes, and becomes the finished film', async () => {
  await using folder = await TestFolder.make();
  await using farm = await TestFarm.start(folder, { environment: fakeEnvironment(folder), workers: 1 });
  const job = await pausedHalfway(folder, farm);
  const done = await farm.doneFrames(job);
  const end = done.at(-1) ?? 0;
  expect(end).toBeLessThan(FRAMES);
  expect(done).toHaveLength(end - GAP.length);

  const page = await browser().newPage({ viewport: { width: 390, height: 844 }, reducedMotion: 'reduce' });
  // 401: before it has signed in; 409: a piece changed between the question which there are and its fetching.
  const complaints = complaintsOf(page, / 40[19] /);
  await signIn(page, farm, `#/jobs/${job}`);
  const video = page.locator('video');
  const bar = page.getByRole('slider', { name: 'Place in the film' });
  const controls = page.getByRole('region', { name: 'Player' });
  await page.getByText(`Frame ${end}`, { exact: true }).waitFor();

  // Paused, it is the frame itself, without a video.
  await bar.focus();
  await page.keyboard.press('Home');
  for (const _ of GAP) await page.keyboard.press('ArrowRight');
  await page.locator('img[data-frame="4"]').waitFor();
  expect(await video.evaluate((element: HTMLVideoElement) => element.src)).toBe('');
  await page.keyboard.press('Home');
  for (let steps = 0; steps < 2; steps += 1) await page.keyboard.press('Shift+ArrowRight');
  await page.getByText(/^Frame 21 (is waiting|has failed); this is frame 19$/).waitFor();
  expect(await bar.getAttribute('aria-valuetext')).toMatch(/^Frame 21, 0:00.20, (waiting|failed)$/);

  // It plays from the start to the end of what is there: every picture is the one of its time, the gap is held.
  await page.keyboard.press('Home');
  const pictures = await watchPictures(video);
  const marks = await watchMarks(controls);
  await controls.getByRole('button', { name: 'Play', exact: true }).click();
  await page.getByText('That is all there is so far').waitFor();
  expect(await video.getAttribute('data-position')).toBe(String(end - 1));
  const seen = await pictures();
  console.log(`  ${seen.length} of ${end} pictures of the growing film were presented`);
  expect(seen.length).toBeGreaterThan(end / 2);
  expect(seen.filter((one) => isWrong(one, heldFrame))).toEqual([]);
  expect((await marks())[0]).toMatch(/^Frame 2[012] (is waiting|has failed); this is frame 19$/);

  // A jump back over the gap while it plays, and over it again.
  await bar.click({ position: { x: 1, y: 8 } });
  await expect.poll(async () => (await look(video)).position).toBeLessThan(15);
  await expect.poll(async () => (await look(video)).position).toBeGreaterThan(GAP.at(-1) ?? 0);

  // It stands at the end and goes on by itself when frames come, and with the finished film when that is made.
  await page.getByText('That is all there is so far').waitFor();
  expect(await farm.command(['resume', job])).toMatchObject({ code: 0 });
  await expect.poll(async () => (await look(video)).position).toBeGreaterThan(end + 2);
  const { frames } = await farm.until(job, ({ frames: now }) => now.done + now.failed === FRAMES);
  if (frames.failed > 0) expect(await farm.command(['retry', job])).toMatchObject({ code: 0 });
  await farm.until(job, ({ film, frames: now }) => film.state === 'done' && now.done === FRAMES);
  await expect
    .poll(() => video.evaluate((element: HTMLVideoElement) => element.currentSrc))
    .toContain(`/api/v1/jobs/${job}/film`);
  await expect.poll(async () => (await look(video)).position).toBe(FRAMES - 1);

  // The finished film plays, every picture of it the one of its time, and seeks to the picture.
  await page.keyboard.press('Home');
  const finished = await watchPictures(video);
  await controls.getByRole('button', { name: 'Play', exact: true }).click();
  await expect.poll(async () => (await look(video)).position).toBe(FRAMES - 1);
  const all = await finished();
  expect(all.length).toBeGreaterThan(FRAMES / 2);
  expect(all.filter((one) => isWrong(one, (position) => position + 1))).toEqual([]);
  await bar.focus();
  await page.keyboard.press('Home');
  for (let steps = 0; steps < 3; steps += 1) await page.keyboard.press('Shift+ArrowRight');
  await expect.poll(async () => distance((await look(video)).blue, 31)).toBeLessThan(14);

  // Who scrubs sees cells of one sprite, and the frame itself where he stays.
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  const { x = 0, y = 0, width = 0 } = (await bar.boundingBox()) ?? {};
  const xOf = (position: number) => x + ((position + 0.5) / FRAMES) * width;
  await page.mouse.move(xOf(0), y + 8);
  await page.mouse.down();
  await page.mouse.move(xOf(70), y + 8, { steps: 70 });
  const cell = page.locator('canvas[data-cell="70"]');
  await cell.waitFor({ state: 'attached' });
  expect(distance(await middleBlue(cell), 71)).toBeLessThan(14);
  await page.mouse.up();
  await page.locator('img[data-frame="71"][data-coming="false"]').waitFor();
  // None if somebody who stepped slowly made the player ask for it before.
  expect(asked.filter((url) => url.includes('/sprites/')).length).toBeLessThanOrEqual(1);
  expect(asked.filter((url) => url.includes('/thumbnail')).length).toBeLessThan(35);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  expect(complaints).toEqual([]);
  await page.close();
});
