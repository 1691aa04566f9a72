import type { Lease } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { HeldLeases } from './held-leases.ts';

function lease(id: string, frames: string): Lease {
  return {
    ...{
      id,
      job: 'job-1',
      kind: 'render',
      frames,
      settings: {},
      expect: null,
      frameServer: null,
      build: null,
    },
    scene: { manifest: `sha256:${'0'.repeat(64)}`, entry: 'comet.blend', blender: '3.4' },
    ...{ replace: false, frameSeconds: null, slowMotion: false, order: 'any', double: false },
  };
}

test('of frames that are wanted back, those that no slot has begun are given, and are not rendered here', () => {
  const held = new HeldLeases();
  held.add(lease('lease-1', '1-5'));
  expect(held.take(null)?.frame).toBe(1);
  expect(held.yield('lease-1', '1,4-5')).toBe('4-5');
  expect([held.take(null)?.frame, held.take(null)?.frame, held.take(null)]).toEqual([2, 3, null]);
  expect(held.yield('lease-1', '2-3')).toBeNull();
});

test('of a lease that ended meanwhile nothing is given back', () => {
  expect(new HeldLeases().yield('lease-1', '1')).toBeNull();
});
