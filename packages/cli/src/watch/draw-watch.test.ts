import type { Job, Worker } from '@akashganga/protocol';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { drawWatch, type Watched } from './draw-watch.ts';
import { fitText } from './fit-text.ts';

const film = { container: 'mp4', state: 'none' };
const counts = {
  total: 100,
  waiting: 50,
  leased: 0,
  rendering: 2,
  delivering: 0,
  done: 48,
  failed: 0,
  canceled: 0,
};

function job(changes: object = {}): Job {
  const usual = { id: 'j1', name: 'galaxy', state: 'active', createdAt: 1, frames: counts, film };
  return { ...usual, framesPerMinute: 12, secondsLeft: 260, waitsFor: null, ...changes } as unknown as Job;
}

function worker(changes: object = {}): Worker {
  const slotReports = [{ slot: 0, state: 'rendering', job: 'j1', frame: 49, fraction: 0.5 }];
  const usual = { id: 'w1', name: 'attic', state: 'rendering', slots: 2, framesDone: 48, problem: null };
  return { ...usual, slotReports, ...changes } as unknown as Worker;
}

const farm = (jobs: Job[], workers: Worker[], lost: string | null = null): Watched => ({
  farm: 'Attic',
  jobs,
  workers,
  lost,
});
const small = { columns: 80, rows: 24, colours: false };

test('the farm is drawn at 80 by 24', () => {
  const lines = drawWatch(
    farm(
      [job(), job({ id: 'j2', name: 'done', state: 'completed', frames: { ...counts, done: 100 } })],
      [worker()],
    ),
    small,
  );
  expect(lines.map((line) => line.trimEnd())).toEqual([
    'Attic                                    1 worker, 2 slots, 12.0 frames a minute',
    '─'.repeat(80),
    'galaxy               rendering        ██████░░░░░░░░      48/100  4 min 20 s',
    'done                 completed        ██████████████     100/100',
    '─'.repeat(80),
    'attic                rendering   frame 49 50 %',
    'q ends. The farm goes on without this window.',
  ]);
});

test.each([
  [80, 24],
  [40, 10],
  [200, 60],
  [20, 6],
])(
  '%i by %i holds a farm of a thousand jobs and workers with names of any kind, and is never left',
  (columns, rows) => {
    const names = [
      'x'.repeat(300),
      '銀河の夜の長い名前です。銀河の夜の長い名前です',
      '\x1b[31mred\x07',
      '👩‍🚀🌌'.repeat(30),
    ];
    const jobs = Array.from({ length: 1000 }, (_, at) => job({ id: `j${at}`, name: names[at % 4] }));
    const workers = Array.from({ length: 1000 }, (_, at) => worker({ id: `w${at}`, name: names[at % 4] }));
    const lines = drawWatch(farm(jobs, workers), { columns, rows, colours: false });
    expect(lines.length).toBeLessThanOrEqual(rows);
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
    expect(lines.join('')).not.toMatch(/\p{Cc}/u);
    expect(lines.join('\n')).toContain('more');
  },
);

test('what renders stands before what waits and what has ended, and who is away stands last', () => {
  const jobs = [
    job({ name: 'old', state: 'completed' }),
    job({ name: 'later', state: 'queued' }),
    job({ name: 'now' }),
  ];
  const workers = [worker({ name: 'gone', state: 'lost' }), worker({ name: 'here' })];
  const text = drawWatch(farm(jobs, workers), small).join('\n');
  for (const [first, second] of [
    ['now', 'later'],
    ['later', 'old'],
    ['here', 'gone'],
  ] as const)
    expect(text.indexOf(first)).toBeLessThan(text.indexOf(second));
});

test('a farm that does not answer is said first, and an empty one says what to do', () => {
  expect(drawWatch(farm([job()], [], 'The farm does not answer.'), small)[0]).toContain(
    'The farm does not answer.',
  );
  expect(drawWatch(farm([], []), small).join('\n')).toMatch(/akashganga submit/);
});

test('text fills its columns exactly, however wide its letters are', () => {
  expect(fitText('銀河', 5)).toBe('銀河 ');
  expect(fitText('銀河の夜', 5)).toBe('銀河…');
  expect(fitText('銀河の夜', 4)).toBe('銀… ');
  expect(fitText('abc', 0)).toBe('');
});
