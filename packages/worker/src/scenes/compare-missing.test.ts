import type { MissingFile, ProbeReport } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { compareMissing } from './compare-missing.ts';

const wood: MissingFile = { kind: 'image', name: 'Wood', path: '//tex\\wood.png' };
const sand: MissingFile = { kind: 'image', name: 'Sand', path: '/away/sand.png' };
const report = (missing: MissingFile[]) => ({ missing, warnings: ['before'] }) as unknown as ProbeReport;

test('what both miss is not said again', () => {
  const seen = { ...wood, path: '//tex/wood.png' };
  expect(compareMissing(report([seen]), [wood]).warnings).toEqual(['before']);
});

test('what only Blender misses is said, with who needs it', () => {
  const { warnings } = compareMissing(report([sand]), []);
  expect(warnings[1]).toContain('/away/sand.png (image Sand)');
  expect(warnings[1]).toContain('Blender does not find');
});

test('what only the submitter missed is said, with a count of the rest', () => {
  const many = Array.from({ length: 9 }, (_, index) => ({ ...sand, path: `/away/${index}.png` }));
  const { warnings } = compareMissing(report([]), many);
  expect(warnings[1]).toMatch(/^Missing when the scene was sent.*and 4 more\.$/);
});
