import { expect, it } from 'vitest';
import { openZip } from './open-zip.ts';
import { type Packed, zipOf } from './zip.fixture.ts';

const open = (zip: Blob) => openZip(zip, 'film.zip', new AbortController().signal);

async function saysOf(packed: readonly Packed[]): Promise<string> {
  const opened = await zipOf(packed)
    .then(open)
    .catch((error: Error) => error.message);
  return typeof opened === 'string' ? opened : `took ${opened.map(({ path }) => path).join(', ')}`;
}

it('opens what is honest, also with the backslashes of old programs of Windows', async () => {
  const files = await open(
    await zipOf([
      { path: 'shot/a.blend', text: 'BLENDER' },
      { path: 'shot\\t\\b.png', text: 'b' },
    ]),
  );
  expect(files.map(({ path }) => path)).toEqual(['shot/a.blend', 'shot/t/b.png']);
  expect(await files[0]?.file.text()).toBe('BLENDER');
});

const HOSTILE = [
  '../../.ssh/authorized_keys',
  'a/../../b.png',
  '/etc/passwd',
  '\\\\server\\share\\a.png',
  '..\\a.png',
  'C:\\a.png',
  'c:a.png',
  'a\0.png',
  'NUL.png',
  `${'x'.repeat(10_000)}.png`,
];

it.each(HOSTILE.map((path) => [path.slice(0, 40), path]))(
  'refuses a zip with a file called %j, and says which',
  async (_, path = '') => {
    const says = await saysOf([{ path: 'a.blend' }, { path }]);
    expect(says).toMatch(/^film\.zip: .* cannot be sent: .*\.$/);
  },
);

it('refuses two names that many systems take for one', async () => {
  const says = await saysOf([{ path: 'a.blend' }, { path: 't/B.png' }, { path: 'T/b.png' }]);
  expect(says).toBe('film.zip: t/B.png and T/b.png are one name on many systems. Rename one of them.');
});

it('refuses links, of which the page would send the words and not the file', async () => {
  const says = await saysOf([{ path: 'a.blend' }, { path: 't.png', link: '/etc/passwd' }]);
  expect(says).toBe('film.zip: t.png is a link. Put the file itself there, or drop the folder.');
});

it('refuses what swells, whether it says so or not, and files that lie in each other', async () => {
  const swollen = await saysOf([{ path: 'a.blend', saysSize: 3e9 }]);
  expect(swollen).toMatch(/^film\.zip: it would unpack to more than the page can hold/);
  const zeros = 'x'.repeat(5_000_000);
  expect(await saysOf([{ path: 'a.blend', text: zeros, saysSize: 100 }])).toMatch(
    /^film\.zip cannot be read as a zip/,
  );
  const one = await zipOf([
    { path: 'a.blend', text: zeros },
    { path: 'b.blend', text: zeros, at: 0 },
  ]);
  await expect(open(one)).rejects.toThrow(/^film\.zip cannot be read as a zip/);
  const cut = await zipOf([{ path: 'a.blend', text: zeros }]);
  await expect(open(cut.slice(0, 1000))).rejects.toThrow(/^film\.zip cannot be read as a zip/);
});
