import fc from 'fast-check';

const deep = JSON.parse(`${'['.repeat(2000)}${']'.repeat(2000)}`) as unknown;
const trap = JSON.parse('{"__proto__": {"admin": true}, "constructor": {"prototype": {"admin": true}}}');

/** Values that programs have stumbled over, for any field of any kind. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    ...[null, true, false, '', ' ', [], {}, [null], { '': '' }, deep, trap],
    ...[0, -0, -1, 0.1, 1e-320, 1e308, 2 ** 31, -(2 ** 31) - 1, 2 ** 32, 2 ** 53, -(2 ** 53), 1e21],
    ...[
      '\0',
      'a\0b',
      '\ud800',
      'a\udfffb',
      '\ufeff',
      '\u202e',
      '\u2028',
      '\x7f',
      '\r\nx-y: z',
      '😀'.repeat(60),
    ],
    ...['..', '../../../etc/passwd', '/etc/passwd', 'C:\\con', '\\\\host\\share', 'a/../../b', './.', 'nul'],
    ...[
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'undefined',
      'NaN',
      'Infinity',
      '-0',
      '1e999',
    ],
    ...["'; drop table jobs; --", '{{7*7}}', '<script>alert(1)</script>', '%00', '%s%n', '`id`', '$(id)'],
    ...[
      'http://169.254.169.254/',
      'file:///etc/passwd',
      'http://[::1]:1/',
      'https://',
      'javascript:alert(1)',
    ],
    ...[
      '1-',
      '-',
      '1-3,,5',
      '9-1',
      '1-9x0',
      '1..9',
      '0x10',
      '１-３',
      '1-3x-1',
      '1048574',
      '-1048574',
      '1048575',
    ],
  ),
  fc.constantFrom(200, 1000, 10_001, 100_000).map((length) => 'x'.repeat(length)),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.double(),
  fc.maxSafeInteger(),
);

/** What stands in a path as it is, without being escaped. */
export const rawPart = fc.constantFrom(
  ...[
    '..',
    '.',
    '%2e%2e',
    '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '..%5c..',
    '%00',
    'a%00b',
    '%',
    '%zz',
    '%ff%fe',
    '%ED%A0%80',
  ],
  ...[
    '',
    '%20',
    ';',
    '*',
    '{job}',
    ':job',
    '%F0%9F%98%80',
    'a'.repeat(5000),
    '%25%32%65',
    '__proto__',
    '%0d%0ax:y',
  ],
);

/** Headers that change how a request is read. */
export const hostileHeaders = fc.oneof(
  header(
    'range',
    'bytes=0-',
    'bytes=-1',
    'bytes=5-1',
    'bytes=0-0,2-3',
    'bytes=99999999999999999999-',
    'lines=1-2',
    '-',
  ),
  header('last-event-id', '0', '-1', 'x', '9'.repeat(400), 'a-1', '%00'),
  header('if-none-match', '*', '"x"', 'W/"', '""'),
  header('if-range', '"x"', 'Thu, 01 Jan 1970 00:00:00 GMT', 'x'),
  header('if-modified-since', 'x', 'Thu, 01 Jan 1970 00:00:00 GMT'),
  header(
    'content-type',
    'text/plain',
    'application/json; charset=utf-16',
    'multipart/form-data',
    'a',
    'application/x-www-form-urlencoded',
  ),
  header('content-encoding', 'gzip', 'br', 'x'),
  header('accept', 'x', 'text/html', '*/*;q=0'),
  header('origin', 'http://elsewhere.example', 'null', 'x'),
  header('host', 'elsewhere.example', '127.0.0.1:1', 'x:y:z'),
  header('cookie', 'akashganga=x', '=;=;', 'a=%ff', `akashganga_session=${'x'.repeat(3000)}`),
  header('authorization', 'Bearer', 'Basic eDp4', `Bearer ${'x'.repeat(2000)}`, 'Bearer \xff'),
  header('akashganga-by', '%00', '%ff', 'a%0d%0ab', 'x'.repeat(3000), '%F0%9F%98%80'),
  header('x-forwarded-for', '127.0.0.1', 'x, y'),
  header('x-http-method-override', 'DELETE'),
);

function header(name: string, ...values: string[]): fc.Arbitrary<Record<string, string>> {
  return fc.constantFrom(...values).map((value) => ({ [name]: value }));
}

/** The value with one of its parts, at any depth, replaced, left out or doubled. */
export function spoil(value: unknown, at: number, by: unknown): unknown {
  const places = placesIn(value);
  const place = places[at % places.length] ?? [];
  return replaced(value, place, by);
}

type Place = readonly (string | number)[];

function placesIn(value: unknown, here: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [here];
  return [here, ...Object.entries(value).flatMap(([name, part]) => placesIn(part, [...here, name]))];
}

function replaced(value: unknown, [name, ...rest]: Place, by: unknown): unknown {
  if (name === undefined) return by;
  if (Array.isArray(value))
    return value.map((part, at) => (String(at) === name ? replaced(part, rest, by) : part));
  const object = value as Record<string, unknown>;
  return { ...object, [name]: replaced(object[name], rest, by) };
}
