import { Job } from '@akashganga/protocol';
import { hashBytes } from '@akashganga/storage';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestServer } from './http.fixture.ts';
import { jobOf, sendBlobs, smallScene, submitScene } from './scene.fixture.ts';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.manager();
}, 60_000);
afterAll(() => server?.close(), 30_000);

const submit = (body: object) => server.problem('/jobs', { method: 'POST', body });

test('a job comes back as the protocol describes it and can be read again', async () => {
  const job = await submitScene(server, { frames: '1-3', priority: 70, tags: ['gpu'] });
  expect(Job.strict().parse(job)).toEqual(job);
  expect(job).toMatchObject({ state: 'queued', priority: 70, tags: ['gpu'], waitsFor: expect.any(String) });
  expect(await server.json(`/jobs/${job.id}`)).toMatchObject({ id: job.id, name: 'Comet' });
});

test('a job whose scene did not arrive is refused with what is missing', async () => {
  const small = smallScene('a scene that was not sent');
  const manifest = small.scene.manifest;
  expect(await submit(jobOf(small))).toMatchObject({ code: 'blob.unknown', details: { digest: manifest } });
  await sendBlobs(server, small.blobs.slice(1));
  const digest = hashBytes(small.blobs[0]!);
  expect(await submit(jobOf(small))).toMatchObject({ code: 'blob.unknown', details: { digest } });
});

test.each([
  ['that is no list of files', Buffer.from('{"version":1}'), 'comet.blend'],
  ['that is no JSON', Buffer.from('BLENDER-v304'), 'comet.blend'],
  ['that lies about a size', smallScene('some scene', 'comet.blend', 3).blobs[1]!, 'comet.blend'],
  ['without its entry', smallScene('some scene').blobs[1]!, 'other.blend'],
])('a manifest %s is refused', async (_, manifest, entry) => {
  await sendBlobs(server, [Buffer.from('some scene'), manifest]);
  const scene = { manifest: hashBytes(manifest), entry, blender: '3.4' };
  expect(await submit(jobOf({ blobs: [], scene }))).toMatchObject({ status: 422, code: 'manifest.invalid' });
});

test('a manifest with a path that leads out of the scene is refused', async () => {
  for (const path of ['../../etc/passwd', '/etc/passwd', 'a\\..\\b', 'nul.blend', 'C:\\scene.blend']) {
    const manifest = Buffer.from(
      JSON.stringify({ version: 1, files: [{ path, digest: hashBytes(Buffer.from('x')), size: 1 }] }),
    );
    await sendBlobs(server, [Buffer.from('x'), manifest]);
    const scene = { manifest: hashBytes(manifest), entry: 'comet.blend', blender: '3.4' };
    expect(await submit(jobOf({ blobs: [], scene }))).toMatchObject({ code: 'manifest.invalid' });
  }
});

test('the same job sent twice is one job, also when the first answer was lost', async () => {
  const small = smallScene();
  await sendBlobs(server, small.blobs);
  const body = jobOf(small, { id: 'job-sent-twice' });
  const both = await Promise.all([server.post<Job>('/jobs', body), server.post<Job>('/jobs', body)]);
  expect(both.map((job) => job.id)).toEqual(['job-sent-twice', 'job-sent-twice']);
  const { jobs } = await server.json<{ jobs: Job[] }>('/jobs');
  expect(jobs.filter((job) => job.id === 'job-sent-twice')).toHaveLength(1);
});

test.each([
  '<script>alert(1)</script>',
  "'; drop table job; --",
  '%{jndi:ldap://x}',
  'हिन्दी 星 😀 é',
  '"quoted" \\ back',
  '../../etc/passwd',
  '\u202Eright to left',
  'null',
  '%00%n%s',
])('a job may be called %s, and is called so for ever', async (name) => {
  const job = await submitScene(server, { name, submitter: name, tags: [name] });
  expect(job).toMatchObject({ name, submitter: name, tags: [name] });
  await server.post(`/jobs/${job.id}/cancel`);
  const { jobs } = await server.json<{ jobs: Job[] }>('/jobs?state=canceled');
  expect(jobs.find((one) => one.id === job.id)).toMatchObject({ name, submitter: name });
});

test('half a character in a name does not stop the farm', async () => {
  const job = await submitScene(server, { name: 'half \ud83d' });
  expect(await server.json(`/jobs/${job.id}`)).toMatchObject({ id: job.id });
  const small = smallScene();
  const odd = await server.post<Job>(
    '/jobs',
    jobOf({ ...small, scene: { ...small.scene, blender: '3\u0000' } }),
  );
  expect(odd.state).toBe('queued');
  expect(server.fatal).toEqual([]);
});

test('jobs are listed newest first, a page at a time', async () => {
  for (let count = 0; count < 5; count += 1) {
    await submitScene(server, { name: `Paged ${count}` });
    await new Promise((next) => setTimeout(next, 2));
  }
  const first = await server.json<{ jobs: Job[]; more: boolean }>('/jobs?limit=3');
  expect(first.jobs.map((job) => job.name)).toEqual(['Paged 4', 'Paged 3', 'Paged 2']);
  expect(first.more).toBe(true);
  const next = await server.json<{ jobs: Job[] }>(`/jobs?limit=2&before=${first.jobs[2]!.createdAt}`);
  expect(next.jobs.map((job) => job.name)).toEqual(['Paged 1', 'Paged 0']);
});

test('what cannot be done is refused in the words of the problem', async () => {
  const job = await submitScene(server);
  expect(await server.problem(`/jobs/${job.id}/resume`, { method: 'POST' })).toMatchObject({
    ...{ status: 409, code: 'job.wrong-state' },
  });
  expect(await server.problem('/jobs/job-nobody-sent')).toMatchObject({ status: 404, code: 'job.unknown' });
  expect(await server.problem(`/jobs/${job.id}/frames/1`)).toMatchObject({ code: 'frame.unknown' });
  expect(await server.json(`/jobs/${job.id}/frames`)).toEqual({ frames: [], more: false });
  expect(await server.problem(`/jobs/${job.id}/film`)).toMatchObject({
    status: 503,
    code: 'farm.no-frame-server',
  });
});

test('a deleted job is gone at once', async () => {
  const job = await submitScene(server);
  await Promise.all([
    server.json(`/jobs/${job.id}`, { method: 'DELETE' }),
    server.fetch(`/jobs/${job.id}/frames`).then((reply) => reply.text()),
  ]);
  expect(await server.problem(`/jobs/${job.id}`)).toMatchObject({ status: 404, code: 'job.unknown' });
});

test('a manager that starts again goes on with what it had', async () => {
  const waiting = await submitScene(server, { name: 'Goes on' });
  const canceled = await submitScene(server, { name: 'Was canceled' });
  await server.post(`/jobs/${canceled.id}/cancel`);
  await server.stop();
  server = await TestServer.manager(server.folder);
  expect(await server.json(`/jobs/${waiting.id}`)).toMatchObject({ name: 'Goes on', state: 'queued' });
  expect(await server.json(`/jobs/${canceled.id}`)).toMatchObject({
    name: 'Was canceled',
    state: 'canceled',
  });
  expect(await server.post<Job>(`/jobs/${canceled.id}/retry`, { frames: null })).toMatchObject({
    state: 'queued',
  });
}, 60_000);
