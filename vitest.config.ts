import { defineConfig } from 'vitest/config';
import { ClosingLine } from './scripts/closing-line.mjs';

// Two projects: `unit` is quick and needs nothing but npm packages; `farm` starts real processes.
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
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'farm',
          // After the others: real processes want the computer for themselves.
          sequence: { groupOrder: 1 },
          include: ['tests/farm/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
