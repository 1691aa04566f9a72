/// <reference lib="dom" />
import { expect, test } from 'vitest';
import { PageFarm } from './processes/page-farm.ts';
import { seriousFaults } from './processes/serious-faults.ts';
import { browserForTests } from './processes/test-browser.ts';
import { fakeEnvironment } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

const browser = browserForTests();

/** A farm of which the third frame of each job comes to nothing once. */
async function openFarm() {
  const state = await TestFolder.make();
  const farm = await PageFarm.open(browser(), { environment: fakeEnvironment(state) });
  const render = async (name: string, frameEnd: number) => {
    const trouble = { behaviour: 'nothing', onFrames: [3], times: 1 };
    const job = await farm.submitFake(name, { frameEnd, secondsPerFrame: 0.1, ...trouble });
    const state = async () => (await farm.get<{ state: string }>(`/jobs/${job}`)).state;
    await expect.poll(state).toBe('completed');
    return job;
  };
  return {
    ...{ farm, render, page: farm.page },
    async [Symbol.asyncDispose]() {
      await farm[Symbol.asyncDispose]();
      await state[Symbol.asyncDispose]();
    },
  };
}

test('where the time of a job went is drawn, walked through by keyboard, and leads to a frame', async () => {
  await using opened = await openFarm();
  const { farm, page } = opened;
  const job = await opened.render('walk', 12);
  await farm.goTo(`#/jobs/${job}`);

  const frames = page.getByRole('region', { name: 'Frames', exact: true });
  await frames.getByRole('radio', { name: 'Pictures' }).focus();
  await page.keyboard.press('Space');
  const second = frames.getByRole('button', { name: 'Frame 2, done' });
  await expect.poll(() => second.evaluate((cell) => getComputedStyle(cell).backgroundImage)).toMatch(/blob:/);
  await frames.getByRole('button', { name: 'Frame 1, done' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await frames.getByRole('region', { name: 'Frame 2' }).waitFor();
  const seen = await second.evaluate(async (cell) => {
    const sprite = new Image();
    sprite.src = getComputedStyle(cell).backgroundImage.slice(5, -2);
    await sprite.decode();
    return [sprite.naturalWidth, sprite.naturalHeight];
  });
  expect(seen).toEqual([960, 540]);

  const section = page.getByRole('region', { name: 'Time line' });
  await section.scrollIntoViewIfNeeded();
  await section.getByText(/attempts on 1 worker within .* 1 failed/).waitFor();
  const line = section.getByRole('slider', { name: /Time line/ });
  await line.focus();
  await page.keyboard.press('ArrowRight');
  await section
    .getByRole('status')
    .filter({ hasText: /^Frame \d+ on / })
    .waitFor();
  await page.keyboard.press('End');
  await page.keyboard.press('+');
  await expect.poll(() => section.getByRole('button', { name: 'All of it' }).isEnabled()).toBe(true);
  await page.keyboard.press('Home');
  const words = (await line.getAttribute('aria-valuetext')) ?? '';
  const frame = /^Frame (\d+) /.exec(words)?.[1];
  await section.getByRole('button', { name: 'All of it' }).click();
  await section.getByText('As a table').click();
  await expect.poll(() => section.getByRole('row').count()).toBe(14);
  const drawn = await line.evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    return new Set(Array.from({ length: data.length / 4 }, (_, at) => data.slice(at * 4, at * 4 + 3).join()))
      .size;
  });
  expect(drawn, 'colours on the drawing').toBeGreaterThan(3);

  const statistics = page.getByRole('region', { name: 'Statistics' });
  await statistics.scrollIntoViewIfNeeded();
  await statistics.getByRole('img', { name: /^Time: / }).waitFor();
  await statistics.getByRole('columnheader', { name: 'Worker' }).waitFor();
  expect(await seriousFaults(page)).toEqual([]);

  await line.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: `Frame ${frame}` }).waitFor();
  expect(farm.complaints).toEqual([]);
});

test('a frame is looked at closely, compared with another, and its attempts and log are read', async () => {
  await using opened = await openFarm();
  const { farm, page } = opened;
  const job = await opened.render('closely', 6);
  await farm.goTo(`#/jobs/${job}/frames/2`);

  const picture = page.getByRole('application', { name: /^Frame 2/ });
  await picture.getByRole('img', { name: 'Frame 2' }).waitFor();
  const zoom = page.getByRole('status', { name: 'Zoom' });
  await expect.poll(() => zoom.textContent()).toBe('100 %');
  await picture.focus();
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  await expect.poll(() => zoom.textContent()).toBe('225 %');
  await page.mouse.move(400, 400);
  await page.mouse.wheel(0, -240);
  await expect.poll(() => zoom.textContent()).not.toBe('225 %');
  await page.keyboard.press('0');
  await expect.poll(() => zoom.textContent()).toBe('100 %');

  await page.getByRole('textbox', { name: 'Compare with frame' }).fill('5');
  expect(page.url()).toContain('/frames/2/with/5');
  await page.getByRole('slider', { name: 'Frame 2 | frame 5' }).focus();
  await page.keyboard.press('ArrowLeft');
  expect(await page.getByRole('slider', { name: 'Frame 2 | frame 5' }).inputValue()).toBe('49');
  await page.getByRole('radio', { name: 'Difference' }).focus();
  await page.keyboard.press('Space');
  await page.getByText(/They differ in \d+ % of the pixels/).waitFor();
  await page.getByRole('textbox', { name: 'Compare with frame' }).fill('99');
  await page.getByText('There is no picture of frame 99.').waitFor();
  await page.getByRole('textbox', { name: 'Compare with frame' }).fill('');

  await picture.focus();
  await page.keyboard.press('PageDown');
  await page.getByRole('heading', { name: /^Frame 3/ }).waitFor();
  const attempts = page.getByRole('region', { name: 'Attempts' });
  await attempts
    .getByText(/^Failed on/)
    .first()
    .waitFor();
  const log = page.getByRole('region', { name: 'Log' });
  await log
    .getByText(/\d+ lines/)
    .first()
    .waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 800 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  expect(await seriousFaults(page)).toEqual([]);

  await page.getByRole('button', { name: 'The frame before' }).click();
  await log.getByRole('log').waitFor();
  const all = await log.getByRole('log').locator('div').count();
  await log.getByRole('textbox', { name: 'Search the log' }).fill('saved');
  await log.getByText(/^\d+ of \d+ lines/).waitFor();
  expect(await log.getByRole('log').locator('mark').first().textContent()).toMatch(/saved/i);
  expect(await log.getByRole('log').locator('div').count()).toBeLessThan(all);
  expect(farm.complaints).toEqual([]);
});
