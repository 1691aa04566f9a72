import {
  accessRoutes,
  blobRoutes,
  buildRoutes,
  farmRoutes,
  frameServerRoutes,
  jobRoutes,
  webhookRoutes,
  workerRoutes,
} from '@akashganga/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newJob } from '../schedule/farm.fixture.ts';
import { TestServer } from './http.fixture.ts';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.standingBy();
});
afterAll(() => server.close());

const tables = [
  accessRoutes,
  farmRoutes,
  jobRoutes,
  workerRoutes,
  frameServerRoutes,
  blobRoutes,
  buildRoutes,
  webhookRoutes,
];
const routes = tables.flatMap((table) =>
  Object.values(table).map(({ route }) => ({ method: route.method, path: route.path })),
);

interface Operation {
  responses: Record<string, { description?: string }>;
  parameters?: { name: string; in: string; required?: boolean; schema?: object }[];
  requestBody?: { content: Record<string, { schema?: object }> };
}
interface Document {
  openapi: string;
  info: { title?: string; version?: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

const read = () => server.json<Document>('/openapi.json');

test('the farm describes itself as OpenAPI 3.1 with every route of the protocol and none besides', async () => {
  const document = await read();
  expect(document.openapi).toMatch(/^3\.1\./);
  expect(document.info).toMatchObject({ title: 'Akashganga', version: expect.any(String) });
  const described = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method} ${path}`),
  );
  expect(described.sort()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).sort());
  expect(routes.length).toBeGreaterThan(20);
});

test('every operation names its path’s parameters and has answers with words', async () => {
  for (const [path, operations] of Object.entries((await read()).paths))
    for (const [method, operation] of Object.entries(operations)) {
      const named = (operation.parameters ?? []).filter((one) => one.in === 'path');
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      expect(named.map((one) => one.name).sort(), `${method} ${path}`).toEqual(inPath.sort());
      for (const one of operation.parameters ?? []) {
        expect(one.schema, `${method} ${path} ${one.name}`).toBeTypeOf('object');
      }
      expect(Object.keys(operation.responses)).toContain('200');
      for (const response of Object.values(operation.responses)) expect(response.description).toBeTruthy();
    }
});

test('every parameter of a path is required, as OpenAPI wants', async () => {
  const optional = Object.entries((await read()).paths).flatMap(([path, operations]) =>
    Object.values(operations).flatMap((operation) =>
      (operation.parameters ?? [])
        .filter((one) => one.in === 'path' && !one.required)
        .map((one) => `${path} ${one.name}`),
    ),
  );
  expect(optional).toEqual([]);
});

test('every reference in the document leads somewhere', async () => {
  const document = await read();
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
    (match) => match[1] ?? '',
  );
  expect(references.length).toBeGreaterThan(20);
  for (const reference of new Set(references)) {
    expect(reference).toMatch(/^#\/components\/schemas\/\w+$/);
    expect(document.components.schemas).toHaveProperty(reference.split('/').at(-1) ?? '');
  }
});

test.each(['/nowhere', '/jobs/job-1/dance', '/'])('%s is answered as unknown', async (path) => {
  expect(await server.problem(path)).toMatchObject({ status: 404, code: 'request.unknown-route' });
});

test('another version of the API is told which one is spoken, also without a key', async () => {
  const reply = await fetch(`${server.url}/api/v2/jobs`);
  expect(reply.status).toBe(400);
  expect(await reply.json()).toMatchObject({
    code: 'request.wrong-version',
    details: { farm: 1, asked: '2' },
  });
  expect(await (await fetch(`${server.url}/api/nothing`)).json()).toMatchObject({
    code: 'request.unknown-route',
  });
});

test.each([
  ['a name that is missing', { name: undefined }, 'name'],
  ['a name with control characters', { name: 'a\nb' }, 'name'],
  ['a name that is blank', { name: '   ' }, 'name'],
  ['a priority beyond the scale', { priority: 101 }, 'priority'],
  ['a container that is none', { container: 'exe' }, 'container'],
  ['an id that leads elsewhere', { id: '../../etc' }, 'id'],
  ['an entry that leads elsewhere', { scene: { ...newJob().scene, entry: '../comet.blend' } }, 'scene.entry'],
  ['a digest that is none', { scene: { ...newJob().scene, manifest: 'sha256:7' } }, 'scene.manifest'],
  ['an engine that is no word', { settings: { engine: 'CYCLES; rm' } }, 'settings.engine'],
])('%s is refused by its name', async (_, changes, field) => {
  const problem = await server.problem('/jobs', { method: 'POST', body: { ...newJob(), ...changes } });
  expect(problem).toMatchObject({ status: 400, code: 'request.invalid' });
  expect(problem.detail).toContain(`${field}: `);
});

test.each([
  ['no JSON', '{ not json', 'application/json'],
  ['nothing', '', 'application/json'],
  ['a list', '[]', 'application/json'],
  ['JSON that is called something else', JSON.stringify(newJob()), 'text/plain'],
])('a body that is %s is refused', async (_, body, type) => {
  const problem = await server.problem('/jobs', { method: 'POST', body, headers: { 'content-type': type } });
  expect(problem).toMatchObject({ status: 400, code: 'request.invalid' });
});

test.each(['/jobs?limit=0', '/jobs?limit=many', '/jobs?state=happy', '/jobs/job-1/frames?limit=99999'])(
  '%s is refused',
  async (path) => {
    expect(await server.problem(path)).toMatchObject({ status: 400, code: 'request.invalid' });
  },
);

test.each([
  '/jobs/..%2F..%2Fetc%2Fpasswd',
  '/jobs/%2e%2e',
  '/jobs/UPPER',
  `/jobs/${'a'.repeat(65)}`,
  '/jobs/job-1%00',
  '/jobs/job-1/frames/1.5',
  '/jobs/job-1/frames/99999999/image',
  '/workers/..%2F..%2Fetc',
  '/blobs/sha256:..%2F..%2F..%2Fetc%2Fpasswd',
  '/blobs/md5:00',
])('%s does not lead out of the farm', async (path) => {
  const problem = await server.problem(path);
  expect([400, 404]).toContain(problem.status);
  expect(['request.invalid', 'request.unknown-route']).toContain(problem.code);
});

test('a body that is too large is refused with its limit', async () => {
  const problem = await server.problem('/blobs/missing', {
    method: 'POST',
    body: JSON.stringify({ digests: ['x'.repeat(33 * 1024 * 1024)] }),
    headers: { 'content-type': 'application/json' },
  });
  expect(problem).toMatchObject({ status: 413, code: 'request.too-large' });
});
