import type { Lease } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { HeldLeases } from './held-leases.ts';

function lease(id: string, frames: string, slots: number | null = null): Lease {
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
    ...{
      replace: false,
      frameSeconds: null,
      slowMotion: false,
      kept: false,
      pass: '',
      order: 'any',
      mix: null,
      double: false,
      verify: null,
      slots,
    },
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

test('a lease for one slot is rendered by one slot at a time, and the others have nothing waiting in it', () => {
  const held = new HeldLeases();
  held.add(lease('lease-1', '1-3', 1));
  const first = held.take(null);
  expect(first?.frame).toBe(1);
  expect([held.take(null), held.waiting]).toEqual([null, 0]);
  first?.held.rendering.delete(1);
  expect(held.waiting).toBe(1);
  expect(held.take(null)?.frame).toBe(2);
});

test('a scene is told as being examined from when a slot takes its probe to its end', () => {
  const held = new HeldLeases();
  held.add({ ...lease('lease-1', '1'), kind: 'probe', frames: null });
  expect(held.examined).toBeNull();
  const work = held.take(null);
  expect(held.examined?.id).toBe('lease-1');
  if (work) work.held.probing = 'done';
  expect(held.examined).toBeNull();
});
