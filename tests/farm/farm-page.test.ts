/// <reference lib="dom" />
import { expect, test } from 'vitest';
import { PageFarm } from './processes/page-farm.ts';
import { browserForTests } from './processes/test-browser.ts';

const browser = browserForTests();

test('the page of the farm tells what was done in the last hour and day, what its disks hold and who did what', async () => {
  await using farm = await PageFarm.open(browser(), { flags: ['--slots', '2'] });
  const { page } = farm;
  // Longer than from one look at the slots to the next.
  const job = await farm.submitFake('comet', { frameEnd: 6, secondsPerFrame: 2 }, '--paused');
  await page.request.post(`${farm.base}api/v1/jobs/${job}/resume`);
  await expect.poll(async () => (await farm.jobs())[0]?.state).toBe('completed');
  await page.getByRole('link', { name: 'Farm', exact: true }).click();

  const throughput = page.getByRole('region', { name: 'Throughput' });
  await throughput
    .getByText(/^6 frames/)
    .first()
    .waitFor();
  expect(
    await throughput
      .getByRole('definition')
      .filter({ hasText: /^6 frames/ })
      .count(),
  ).toBe(2);
  // The chart in words, and as numbers.
  const chart = throughput.getByRole('img', { name: /^Frames a minute: At most \d frames? a minute, at/ });
  await chart.waitFor();
  await throughput.getByText('As numbers').first().click();
  const numbers = throughput.getByRole('region', { name: 'Frames a minute as numbers' });
  const done = (await numbers.getByRole('cell').allTextContents()).map(
    (text) => Number.parseInt(text, 10) || 0,
  );
  expect([done.length, done.reduce((sum, count) => sum + count, 0)]).toEqual([60, 6]);
  await throughput.getByText('Last day', { exact: true }).click();
  await throughput.getByRole('img', { name: /^Frames in 15 minutes: At most 6 frames/ }).waitFor();

  const storage = page.getByRole('region', { name: 'Storage' });
  await storage.getByText(/ of scenes and builds in \d+ blobs?/).waitFor();
  expect(await storage.getByRole('meter', { name: /^Used of the disk of/ }).count()).toBe(2);
  await page
    .getByRole('region', { name: 'Lately' })
    .getByText(/resumed/)
    .waitFor();

  const { workers } = await farm.get<{ workers: { id: string }[] }>('/workers');
  await farm.goTo(`#/workers/${workers[0]?.id}`);
  const load = page.getByRole('region', { name: 'Load' });
  await load.getByRole('img', { name: /^Slots at work: At most [\d.]+ slots?, at/ }).waitFor();
  await load.getByText(/ of \d+ GB$/).waitFor();
  expect(farm.complaints).toEqual([]);
});
