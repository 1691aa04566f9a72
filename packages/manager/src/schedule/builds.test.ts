import type { Job } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { build, probeReport, TestFarm } from './farm.fixture.ts';
import { showJob, showWorker } from './show.ts';

const NONE = { blenders: [] };
const scene = (blender: string) => ({
  scene: { manifest: `sha256:${'0'.repeat(64)}`, entry: 'comet.blend', blender },
});

function farmWith(workers: Readonly<Record<string, object>>, versions: readonly string[] = []): TestFarm {
  const farm = new TestFarm();
  farm.frameServer();
  for (const [id, changes] of Object.entries(workers)) farm.hello(id, changes);
  for (const version of versions) farm.say({ kind: 'add-build', build: build(version) });
  return farm;
}

const shown = (farm: TestFarm): Job => showJob(farm.state, farm.job(), farm.now);
const problemOf = (farm: TestFarm, worker: string) =>
  showWorker(farm.state, farm.state.workers.get(worker)!).problem;

test('a worker without a Blender is sent the build of the farm that fits the scene', () => {
  const farm = farmWith({ wanda: NONE }, ['3.6.2', '4.2.1', '3.4.1']);
  farm.submit({ ...scene('3.4'), frames: '1-4' });
  expect(shown(farm).blender).toBe('3.4.1');
  expect(farm.lease('wanda').build).toEqual({
    ...{ version: '3.4.1', platform: 'linux-x64', entry: 'blender' },
    manifest: build('3.4.1').manifest,
  });
});

test('a worker uses its own Blender where that is the one to take, and the farm’s where that fits better', () => {
  const farm = farmWith({ wanda: {} }, ['3.4.1', '3.6.2']);
  farm.submit(scene('3.4'));
  const first = farm.lease('wanda');
  expect(first.build).toBeNull();
  farm.submit(scene('3.6'), 'job-2');
  expect(farm.lease('wanda', { [first.id]: 1 }).build?.version).toBe('3.6.2');
});

test('the frames of a job stay with the version that probed it, wherever it is to be had', () => {
  const farm = farmWith({ wanda: { blenders: [{ version: '3.6.2', path: '/b' }] }, walt: NONE }, ['3.6.2']);
  farm.submit({ ...scene('3.4'), frames: '1-40', chunk: 1 });
  farm.probe('wanda', probeReport({ blender: '3.6.2' }));
  farm.say({ kind: 'add-build', build: build('3.4.1') });
  expect(farm.lease('wanda').build).toBeNull();
  expect(farm.lease('walt').build?.version).toBe('3.6.2');
  expect(shown(farm).blender).toBe('3.6.2');
});

test('a build for another platform is none', () => {
  const farm = farmWith({ wanda: { ...NONE, platform: 'win32-x64' } }, ['3.4.1']);
  farm.submit();
  expect(farm.leases('wanda')).toEqual([]);
  expect(problemOf(farm, 'wanda')?.code).toBe('machine.needs-build');
});

test('a worker that can have no Blender waits and says so, until the farm hands one out', () => {
  const farm = farmWith({ wanda: NONE });
  farm.submit();
  const open = farm.ask('wanda');
  expect(farm.job().state).toBe('queued');
  expect(shown(farm).waitsFor).toMatch(/^a Blender 3\.4: .*linux-x64.*blender add/);
  expect(problemOf(farm, 'wanda')?.says).toContain('wanda');
  farm.say({ kind: 'add-build', build: build('3.4.1') });
  expect(problemOf(farm, 'wanda')).toBeNull();
  expect(open.reply?.leases).toMatchObject([{ kind: 'probe', build: { version: '3.4.1' } }]);
});

test('a job fails when all that workers can have is older', () => {
  const farm = farmWith({ wanda: {}, walt: NONE }, ['3.6.2']);
  farm.submit(scene('4.0'));
  farm.ask('wanda');
  expect(farm.job()).toMatchObject({ state: 'failed', problem: { code: 'scene.newer-blender' } });
  expect(farm.job().problem?.says).toContain('3.4.1, 3.6.2');
});

test('a version that was asked for exactly is used, and nothing else in its place', () => {
  const farm = farmWith({ wanda: {} }, ['3.4.0', '3.6.2']);
  farm.submit(scene('3.4.0'));
  const first = farm.lease('wanda');
  expect(first.build?.version).toBe('3.4.0');
  farm.submit(scene('3.6.1'), 'job-2');
  farm.ask('wanda', { holding: { [first.id]: 1 } });
  expect(farm.job('job-2').problem).toMatchObject({ code: 'scene.other-blender' });
});

test('a build that an unfinished job needs is not removed; when the job has ended it is', () => {
  const farm = farmWith({ wanda: NONE }, ['3.4.1', '3.6.2']);
  farm.submit({ frames: '1' });
  const remove = (version: string, platform: string | null = null) =>
    farm.say({ kind: 'remove-build', version, platform });
  expect(() => remove('3.4.1')).toThrow(/job-1/);
  expect(() => remove('3.6.2', 'win32-x64')).toThrow(/hands out no Blender 3.6.2 for win32-x64/);
  expect(remove('3.6.2')).toMatchObject({ removed: [{ version: '3.6.2' }] });
  farm.say({ kind: 'cancel', job: 'job-1' });
  remove('3.4.1');
  expect(farm.state.builds.size).toBe(0);
  expect(farm.facts.filter((fact) => fact.kind === 'build-removed')).toHaveLength(2);
});
