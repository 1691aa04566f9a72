import { afterEach, beforeEach, expect, test } from 'vitest';
import { akashganga, Command, fakeBlender } from './processes/command.ts';
import { countRenders, lookAtFilm } from './processes/look-at-film.ts';
import { makeRealScenes, writeFakeScene } from './processes/scenes.ts';
import { fakeEnvironment, TestFarm } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

const TOLD_TO_BROWSERS = [
  ...['content-security-policy', 'x-content-type-options', 'x-frame-options', 'referrer-policy'],
  ...['cross-origin-resource-policy', 'cross-origin-opener-policy'],
];

let folder: TestFolder;
beforeEach(async () => {
  folder = await TestFolder.make();
});
afterEach(() => folder[Symbol.asyncDispose]());

test('manager, frame server, monitor and two workers, each on its own, render a film with real Blender', async () => {
  const scene = await makeRealScenes(folder);
  await using farm = await TestFarm.start(folder, { environment: {} });
  // Slow enough that both workers come to render some.
  const id = await farm.submit(scene('cube'), ['--chunk', '1', '--slow-motion']);
  const job = await farm.ended(id);
  expect(job).toMatchObject({ state: 'completed', problem: null, frames: { total: 10, done: 10 } });
  expect(job.probe).toMatchObject({ engine: 'BLENDER_WORKBENCH', width: 64, height: 36 });
  const frames = await farm.frames(id);
  expect(new Set(frames.map((frame) => frame.digest)).size).toBe(10);
  expect(new Set(frames.map((frame) => frame.worker)).size).toBe(2);
  const film = folder.join('cube.mkv');
  expect(await farm.command(['fetch', id, '--film', film])).toMatchObject({ code: 0 });
  expect(await lookAtFilm(film)).toMatchObject({ frames: 10, rate: '25/1', width: 64, height: 36 });
});

test('the monitor on its own shows the page and passes the API through, for whoever signs in', async () => {
  await using farm = await TestFarm.start(folder, { workers: 1 });
  const monitor = await farm.startMonitor();
  const url = String((await monitor.event('ready')).url);
  const page = await fetch(`${url}/`);
  expect(page.headers.get('content-type')).toContain('text/html');
  expect(await page.text()).toContain('<title>');
  expect((await fetch(`${url}/jobs/anything`)).status).toBe(200);
  // Browsers are told the same of it as of the manager's own page, also where something is refused.
  for (const path of ['/', '/api/v1/health', '/api/v1/jobs']) {
    const [its, managers] = [await fetch(url + path), await fetch(farm.url + path)];
    for (const name of TOLD_TO_BROWSERS) {
      expect(managers.headers.get(name), `${path} ${name}`).not.toBeNull();
      expect(its.headers.get(name), `${path} ${name}`).toBe(managers.headers.get(name));
    }
  }
  const ask = (path: string, init: RequestInit = {}) => fetch(`${url}/api/v1${path}`, init);
  const post = (body: object, headers: object = {}): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url, ...headers },
    body: JSON.stringify(body),
  });
  expect(await (await ask('/jobs')).json()).toMatchObject({ code: 'access.no-key', status: 401 });
  expect(await (await ask('/session', post({ key: 'wrong' }))).json()).toMatchObject({
    code: 'access.wrong-key',
  });
  const signedIn = await ask('/session', post({ key: farm.key }));
  expect(signedIn.status).toBe(200);
  const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const id = await farm.submit(await writeFakeScene(folder, { frameEnd: 2 }));
  const jobs = await (await ask('/jobs', { headers: { cookie } })).json();
  expect(jobs).toMatchObject({ jobs: [{ id }] });
  // What the page does, and what another site's page would.
  expect((await ask(`/jobs/${id}/priority`, post({ priority: 70 }, { cookie }))).status).toBe(200);
  const foreign = post({ priority: 1 }, { cookie, origin: 'http://elsewhere.example' });
  expect(await (await ask(`/jobs/${id}/priority`, foreign)).json()).toMatchObject({
    code: 'access.wrong-origin',
  });
  const controller = new AbortController();
  const events = await ask('/events', { headers: { cookie }, signal: controller.signal });
  const reader = events.body!.getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toContain(': open');
  controller.abort();
  await farm.ended(id);
  const film = await ask(`/jobs/${id}/film`, { headers: { cookie, range: 'bytes=0-9' } });
  expect(film.status).toBe(206);
  expect((await film.arrayBuffer()).byteLength).toBe(10);
  await farm.role('manager').kill();
  expect(await (await ask('/jobs', { headers: { cookie } })).json()).toMatchObject({
    code: 'farm.unreachable',
  });
});

test('up on one computer and join on another: both render, and the one that leaves finishes its frames', async () => {
  const local = ['--host', '127.0.0.1', '--address', '127.0.0.1', '--port', '0', '--frames-port', '0'];
  const here = folder.join('here');
  const environment = fakeEnvironment(folder);
  const up = new Command(['up', '--data', here, '--json', '--slots', '1', ...local], environment);
  const { join: code, url } = await up.event('up');
  expect(code).toMatch(/^akg2_/);
  const there = folder.join('there');
  const join = new Command(
    ['join', String(code), '--data', there, '--json', '--slots', '1', '--name', 'there'],
    environment,
  );
  await join.event('ready');
  const scene = await writeFakeScene(folder, { frameEnd: 12, secondsPerFrame: 0.2 });
  // The second computer knows its farm now.
  const rendering = new Command(
    [
      'render',
      scene,
      '--data',
      there,
      '--json',
      '--output',
      folder.join('film.mp4'),
      '--frames-dir',
      folder.join('out'),
    ],
    { AKASHGANGA_BLENDER: fakeBlender },
  );
  await rendering.line((line) => line.event === 'progress' && Number(line.done) >= 4);
  expect(await join.stop()).toMatchObject({ code: 0 });
  const { code: exit, last } = await rendering.ended;
  expect({ exit, last }).toMatchObject({
    exit: 0,
    last: { event: 'completed', frames: 12, film: folder.join('film.mp4'), framesDir: folder.join('out') },
  });
  const counts = await countRenders(folder.join('rendered.log'));
  expect([...counts.values()].every((count) => count === 1)).toBe(true);
  expect(counts.size).toBe(12);
  expect(await lookAtFilm(folder.join('film.mp4'))).toMatchObject({ frames: 12, rate: '24/1' });
  const { lines } = await akashganga(['workers', '--data', here, '--json']);
  expect(lines.map((worker) => worker.name)).toContain('there');
  for (const worker of lines) expect(worker.framesDone).toBeGreaterThan(0);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await up.stop()).toMatchObject({ code: 0 });
});
