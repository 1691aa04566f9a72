import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpenAPIHono } from '@hono/zod-openapi';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { servePage } from './page.ts';
import type { App } from './serve.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'akashganga-page-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function appWith(page: string | null): App {
  const app: App = new OpenAPIHono();
  servePage(app, page);
  return app;
}

test('a page that is not built, or not installed, is said where it would be', async () => {
  await mkdir(join(folder, 'empty'));
  for (const page of [null, join(folder, 'nowhere'), join(folder, 'empty')]) {
    const reply = await appWith(page).request('/jobs/job-1');
    expect(reply.headers.get('content-type')).toContain('text/plain');
    expect(await reply.text()).toContain('not built');
  }
});

test('a built page is served with its parts, and answers for paths of its own', async () => {
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<title>Akashganga</title>');
  await writeFile(join(folder, 'assets/page-1.js'), 'start()');
  const app = appWith(folder);
  expect(await (await app.request('/')).text()).toContain('<title>');
  expect(await (await app.request('/jobs/job-1')).text()).toContain('<title>');
  const part = await app.request('/assets/page-1.js');
  expect(part.headers.get('cache-control')).toContain('immutable');
  const etag = part.headers.get('etag') ?? '';
  expect((await app.request('/assets/page-1.js', { headers: { 'if-none-match': etag } })).status).toBe(304);
});
