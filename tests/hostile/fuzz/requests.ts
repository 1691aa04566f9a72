import { createHash } from 'node:crypto';
import { frameHeaders } from '@akashganga/protocol';
import fc from 'fast-check';
import { hostileHeaders, hostileValue, rawPart, spoil } from './hostile-values.ts';
import type { KnownValues } from './known-values.ts';
import type { Operation } from './read-document.ts';
import type { Schema, ValuesFor } from './values-for.ts';

export interface FuzzRequest {
  readonly operation: Operation;
  readonly role: string;
  /** Below `/api/v1`, with its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | null;
}

interface Source {
  readonly operations: readonly Operation[];
  readonly values: ValuesFor;
  readonly known: KnownValues;
  /** Who may ask, and others: one of these, with those that may preferred. */
  readonly rolesFor: (operation: Operation) => readonly string[];
}

/** Requests of all kinds: as the document says, nearly so, and not at all. */
export function requests(source: Source): fc.Arbitrary<FuzzRequest> {
  const each = source.operations.map((operation) =>
    fc
      .record({
        role: fc.constantFrom(...source.rolesFor(operation)),
        path: pathOf(source, operation),
        query: queryOf(source, operation),
        headers: headersOf(source, operation),
        sent: bodyOf(source, operation),
      })
      .map(({ role, path, query, headers, sent }) => ({
        ...{ operation, role, path: path + query, body: sent.body },
        headers: { ...sent.headers, ...headers },
      })),
  );
  return fc.oneof(...each);
}

/** Mostly what is right; one in `often` is not. */
function sometimes<Right, Wrong>(right: fc.Arbitrary<Right>, wrong: fc.Arbitrary<Wrong>, often: number) {
  return fc.oneof({ weight: often, arbitrary: right }, { weight: 1, arbitrary: wrong });
}

function pathOf({ values }: Source, { method, path, params }: Operation): fc.Arbitrary<string> {
  const parts = Object.entries(params).map(([name, schema]) =>
    sometimes(
      fittingName(values, method, schema, name).map((value) => escaped(String(value))),
      fc.oneof(
        rawPart,
        hostileValue.map((value) => escaped(String(value).slice(0, 2000))),
      ),
      6,
    ).map((value) => [name, value] as const),
  );
  return fc.tuple(...parts).map((pairs) => {
    const given = new Map(pairs);
    return path.replace(/\{(\w+)\}/g, (_, name: string) => given.get(name) ?? '');
  });
}

// What is deleted is gone for all requests after it, so that is tried less often.
function fittingName(values: ValuesFor, method: string, schema: Schema, name: string): fc.Arbitrary<unknown> {
  if (method !== 'DELETE') return values.of(schema, name);
  return sometimes(values.of(schema), values.of(schema, name), 5);
}

function queryOf({ values }: Source, { query }: Operation): fc.Arbitrary<string> {
  const fields = Object.entries(query).map(([name, schema]) =>
    fc.option(
      sometimes(
        values.of(schema, name).map((value) => escaped(String(value))),
        fc.oneof(
          rawPart,
          hostileValue.map((value) => escaped(String(value).slice(0, 2000))),
        ),
        4,
      ).map((value) => `${name}=${value}`),
      { nil: '' },
    ),
  );
  const strange = fc.constantFrom('__proto__=1', 'limit=1&limit=2', 'x[]=1', '%00', '&&&', 'a=%zz', '=');
  return fc
    .tuple(fc.tuple(...fields), sometimes(fc.constant(''), strange, 12))
    .map(([given, more]) => [...given, more].filter((one) => one !== '').join('&'))
    .map((text) => (text === '' ? '' : `?${text}`));
}

function headersOf({ known }: Source, { path, method }: Operation): fc.Arbitrary<Record<string, string>> {
  const strange = sometimes(fc.constant({}), hostileHeaders, 8) as fc.Arbitrary<Record<string, string>>;
  if (method !== 'PUT' || !path.includes('/frames/')) return strange;
  return fc.tuple(strange, deliveryHeaders(known)).map(([one, other]) => ({ ...other, ...one }));
}

function deliveryHeaders(known: KnownValues): fc.Arbitrary<Record<string, string>> {
  const number = fc.constantFrom('1', '64', '0', '-1', '1e400', 'x', '2147483648', '0.5', '0x10');
  const id = fc.nat().map((at) => inHeader(known.at('lease', at) ?? 'l-none'));
  const made = fc.record(
    {
      [frameHeaders.extension]: fc.constantFrom(
        '.png',
        '.exr',
        '.jpg',
        '.webp',
        '.tif',
        '.hdr',
        'png',
        '/../x',
        '.PNG',
      ),
      [frameHeaders.digest]: fc.nat().map((at) => inHeader(known.at('digest', at) ?? 'sha256:')),
      [frameHeaders.width]: number,
      [frameHeaders.height]: number,
      [frameHeaders.seconds]: number,
      [frameHeaders.memory]: number,
      [frameHeaders.lease]: id,
      [frameHeaders.worker]: fc.nat().map((at) => inHeader(known.at('worker', at) ?? 'w-none')),
      [frameHeaders.chunks]: fc.constantFrom('1', '0', 'x', ''),
      [frameHeaders.replace]: fc.constantFrom('1', '0'),
      [frameHeaders.pass]: fc.constantFrom('x', '', 'x.y', 'eyJhIjoxfQ.AAAA'),
      [frameHeaders.seal]: fc.constantFrom('sha256:x', ''),
    },
    { requiredKeys: [frameHeaders.extension, frameHeaders.digest] },
  );
  return made as fc.Arbitrary<Record<string, string>>;
}

// Our own HTTP client sends nothing else.
function inHeader(value: unknown): string {
  return String(value).replace(/[^\x20-\x7e]/g, '');
}

interface Sent {
  readonly headers: Record<string, string>;
  readonly body: string | Buffer | null;
}

function bodyOf({ values, known }: Source, { body, method, path }: Operation): fc.Arbitrary<Sent> {
  const takesFrame = method === 'PUT' && path.includes('/frames/');
  if (!body && !takesFrame) {
    if (method === 'GET') return fc.constant({ headers: {}, body: null });
    return sometimes(fc.constant({ headers: {}, body: null }), brokenJson().map(asJson), 10);
  }
  if (body?.type === 'application/json') {
    const right = values.of(body.schema);
    const near = fc
      .tuple(right, fc.nat(), hostileValue)
      .map(([value, at, by]) => asJson(JSON.stringify(spoil(value, at, by)) ?? ''));
    const wrong = fc.oneof(
      hostileValue.map((value) => asJson(JSON.stringify(value) ?? '')),
      brokenJson().map(asJson),
    );
    // What was taken before, once more or with something else in it, goes deepest.
    const before = fc.nat().map((which) => known.at(`${method} ${path}`, which) ?? {});
    const again = fc
      .tuple(
        before,
        fc.nat(),
        fc.oneof(
          hostileValue,
          right.map((value) => partOf(value)),
        ),
        fc.nat(2),
      )
      .map(([value, at, by, same]) =>
        asJson(JSON.stringify(same === 0 ? value : spoil(value, at, by)) ?? ''),
      );
    return fc.oneof(
      { weight: 12, arbitrary: again },
      { weight: 8, arbitrary: right.map((value) => asJson(JSON.stringify(value) ?? '')) },
      { weight: 8, arbitrary: near },
      { weight: 1, arbitrary: wrong },
    );
  }
  return bytes(known).map((sent) => ({
    headers: { 'content-type': body?.type ?? 'application/octet-stream' },
    body: sent,
  }));
}

function partOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Object.values(value)[0] : value;
}

function asJson(text: string): Sent {
  return { headers: { 'content-type': 'application/json' }, body: text };
}

function brokenJson(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom(
      '',
      '{',
      '[]',
      'null',
      '"',
      '{"a":1,}',
      '{"a":1}{',
      '\ufeff{}',
      `${'['.repeat(50_000)}`,
      `{"a":${'9'.repeat(5000)}}`,
    ),
    fc.string({ unit: 'binary', maxLength: 50 }),
    fc.json(),
  );
}

// Bytes whose digest becomes known: a later request may name it.
function bytes(known: KnownValues): fc.Arbitrary<Buffer> {
  const made = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((all) => Buffer.from(all)),
    fc
      .constantFrom('', '\x89PNG\r\n\x1a\n', '\x1f\x8b\b', 'v/1\x01', '#?RADIANCE\n', '{"files":[]}', 'RIFF')
      .map((text) => Buffer.from(text, 'latin1')),
    fc.nat().map((at) => Buffer.from(String(known.at('bytes', at) ?? ''), 'base64')),
  );
  return made.map((all) => {
    known.add('digest', `sha256:${createHash('sha256').update(all).digest('hex')}`);
    return all;
  });
}

function escaped(text: string): string {
  // A half of a pair of surrogates cannot be written in UTF-8.
  return encodeURIComponent(Buffer.from(text).toString());
}
