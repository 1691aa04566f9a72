import { Container } from '@akashganga/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { akashganga, Command } from './processes/command.ts';
import { lookAtFilm } from './processes/look-at-film.ts';
import { writeFakeScene } from './processes/scenes.ts';
import { fakeEnvironment } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

// By the command, on one running farm: the ending of --output is all that differs.
const FRAMES = 6;
const expected: Record<Container, { format: string; codec: string; evenOnly: boolean }> = {
  mp4: { format: 'mov,mp4,m4a,3gp,3g2,mj2', codec: 'h264', evenOnly: true },
  mov: { format: 'mov,mp4,m4a,3gp,3g2,mj2', codec: 'h264', evenOnly: true },
  mkv: { format: 'matroska,webm', codec: 'h264', evenOnly: true },
  webm: { format: 'matroska,webm', codec: 'vp9', evenOnly: false },
  mpg: { format: 'mpeg', codec: 'mpeg2video', evenOnly: false },
  flv: { format: 'flv', codec: 'h264', evenOnly: true },
  wmv: { format: 'asf', codec: 'wmv2', evenOnly: true },
  avi: { format: 'avi', codec: 'mpeg4', evenOnly: false },
  gif: { format: 'gif', codec: 'gif', evenOnly: false },
};

let folder: TestFolder;
let up: Command;
let url: string;
beforeAll(async () => {
  folder = await TestFolder.make();
  const local = ['--host', '127.0.0.1', '--address', '127.0.0.1', '--port', '0', '--frames-port', '0'];
  up = new Command(['up', '--data', folder.join('data'), '--json', ...local], fakeEnvironment(folder));
  url = String((await up.event('up')).url);
});
afterAll(async () => {
  expect(await up.stop()).toMatchObject({ code: 0 });
  await folder[Symbol.asyncDispose]();
});

const common = () => ['--data', folder.join('data'), '--farm', url, '--json'];

for (const container of Container.options) {
  const { evenOnly, format, codec } = expected[container];

  test(`${container}, 64x36 at 24, by render`, async () => {
    const scene = await writeFakeScene(folder, { frameEnd: FRAMES });
    const film = folder.join(`even.${container}`);
    const { code, last } = await akashganga(['render', scene, '--output', film, ...common()]);
    expect({ code, last }).toMatchObject({ code: 0, last: { event: 'completed', frames: FRAMES, film } });
    const look = await lookAtFilm(film);
    expect(look).toMatchObject({ format, codec, frames: FRAMES, width: 64, height: 36 });
    expect(rateOf(look, container)).toBeCloseTo(24, 0);
  });

  test(`${container}, 65x37 at 30000/1001, by submit --wait`, async () => {
    const scene = await writeFakeScene(
      folder,
      { frameEnd: FRAMES, width: 65, height: 37, fps: 30, fpsBase: 1.001 },
      { name: 'odd' },
    );
    const film = folder.join(`odd.${container}`);
    const { code, last } = await akashganga(['submit', scene, '--wait', '--output', film, ...common()]);
    expect({ code, last }).toMatchObject({ code: 0, last: { event: 'completed', frames: FRAMES, film } });
    const look = await lookAtFilm(film);
    const [width, height] = evenOnly ? [66, 38] : [65, 37];
    expect(look).toMatchObject({ format, codec, frames: FRAMES, width, height });
    if (container === 'gif') expect(rateOf(look, container)).toBeCloseTo(30, -0.5);
    else if (container === 'flv') expect(rateOf(look, container)).toBeCloseTo(29.97, 1);
    else if (container === 'wmv') expect(rateOf(look, container)).toBeCloseTo(29.97, 0);
    else expect(look.rate).toBe('30000/1001');
  });
}

// FLV and WMV keep milliseconds, FLV has its rate in the header, WMV nowhere; a GIF keeps hundredths of a second, so only its length tells.
function rateOf(look: Awaited<ReturnType<typeof lookAtFilm>>, container: Container): number {
  if (container === 'gif') return look.frames / look.seconds;
  const [over = 0, under = 1] = (container === 'flv' ? look.averageRate : look.rate).split('/').map(Number);
  return over / under;
}
