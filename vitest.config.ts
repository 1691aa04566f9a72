import { defineConfig } from 'vitest/config';
import { ClosingLine } from './scripts/closing-line.mjs';

// Five projects: `unit` is quick, `programs` starts ffmpeg, decoders and a stand-in for Blender, moves many bytes or waits
// for limits of time, `database` starts PostgreSQL, `simulation` plays a thousand hours of farms under a made-up clock, `farm` starts whole farms of real
// processes. `npm run check` runs the first, `npm test` all.
const database = ['packages/manager/src/{record,http}/**/*.test.ts'];
const programs = [
  'packages/frames/src/{ffmpeg,out,pictures/decoder,preview,sheets}/**/*.test.ts',
  'packages/frames/src/film/encode.test.ts',
  'packages/frames/src/film/segments/segment-maker.test.ts',
  'packages/frames/src/frame-server.test.ts',
  'packages/cli/src/results/bring-whole.test.ts',
  'packages/scene/src/references/fuzz.test.ts',
  'packages/storage/src/keepers/keepers.test.ts',
  'packages/trust/src/hostile-callers.test.ts',
  'packages/worker/src/cache/manifest-cache.test.ts',
  'packages/worker/src/session/session.test.ts',
  'packages/worker/src/session/process/**/*.test.ts',
];
const source = { resolve: { conditions: ['source'] }, ssr: { resolve: { conditions: ['source'] } } };

export default defineConfig({
  test: {
    reporters: ['default', new ClosingLine()],
    projects: [
      {
        ...source,
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
          include: ['packages/*/src/**/*.test.{ts,tsx}', 'tests/architecture.test.ts'],
          exclude: [...database, ...programs],
          // One process for many files: to start one for each took longer than the tests.
          isolate: false,
          testTimeout: 20_000,
        },
      },
      {
        ...source,
        test: {
          name: 'programs',
          sequence: { groupOrder: 1 },
          include: programs,
          testTimeout: 20_000,
        },
      },
      {
        ...source,
        test: {
          name: 'database',
          sequence: { groupOrder: 2 },
          include: database,
          testTimeout: 20_000,
        },
      },
      {
        ...source,
        test: {
          name: 'simulation',
          sequence: { groupOrder: 3 },
          include: ['tests/simulate/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'farm',
          // After the others: real processes want the computer for themselves.
          sequence: { groupOrder: 4 },
          include: ['tests/{farm,hostile}/**/*.test.ts'],
          // Some start real Blenders by the dozen; a busy computer takes its time.
          testTimeout: 600_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 60_000 } },
          // Other programs' work can undo a test of many processes. Each that needed this is named at the end of the run.
          retry: 1,
          fileParallelism: false,
        },
      },
    ],
  },
});
