import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fitted, moveBy, whole, zoomAt } from './zoom.ts';

const box = { width: 800, height: 600 };
const fit = fitted({ width: 1920, height: 1080 }, box);

it('fits a large picture into the box and leaves a small one as it is', () => {
  expect(fit).toEqual({ width: 800, height: 450 });
  expect(fitted({ width: 64, height: 36 }, box)).toEqual({ width: 64, height: 36 });
});

it('leaves what is pointed at where it is', () => {
  const near = zoomAt(whole, { x: 100, y: 50 }, 4, fit, box);
  // The point of the picture that was at 100, 50 is now at 100 * 4 + x.
  expect(100 * near.scale + near.x).toBeCloseTo(100);
  expect(50 * near.scale + near.y).toBeCloseTo(50);
});

it('comes back to the whole, in the middle', () => {
  const near = moveBy(zoomAt(whole, { x: 300, y: 200 }, 8, fit, box), 55, -70, fit, box);
  expect(zoomAt(near, { x: 0, y: 0 }, 0.001, fit, box)).toEqual(whole);
});

it('never shows a gap beside a picture larger than its box', () => {
  const move = fc.tuple(fc.integer({ min: -5000, max: 5000 }), fc.integer({ min: -5000, max: 5000 }));
  fc.assert(
    fc.property(fc.double({ min: 2, max: 30, noNaN: true }), move, (times, [x, y]) => {
      const near = moveBy(zoomAt(whole, { x: 0, y: 0 }, times, fit, box), x, y, fit, box);
      expect((fit.width * near.scale) / 2 - Math.abs(near.x)).toBeGreaterThanOrEqual(box.width / 2 - 0.001);
      expect((fit.height * near.scale) / 2 - Math.abs(near.y)).toBeGreaterThanOrEqual(box.height / 2 - 0.001);
    }),
  );
});
