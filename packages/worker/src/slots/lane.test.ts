import { expect, test } from 'vitest';
import type { HeldLease, Work } from '../leases/held-leases.ts';
import { Lane, type LaneOptions } from './lane.ts';
import type { Done } from './slot.ts';

interface Script {
  /** What is to be done, and after how many of the frames before are kept it can be had. */
  readonly frames: readonly { readonly frame: number; readonly afterKept?: number }[];
  readonly keep?: (frame: number) => Promise<void>;
  readonly hasRoom?: (frame: number) => boolean;
}

/** Runs a lane to its end with a slot that renders in no time, and tells what happened in which order. */
async function happened({ frames, keep, hasRoom = () => true }: Script): Promise<string[]> {
  const told: string[] = [];
  const stop = new AbortController();
  const left = [...frames];
  let kept = 0;
  let asked = 0;
  const work = (frame: number): Work => {
    const held = { lease: { id: 'lease-1', frameSeconds: null }, rendering: new Set([frame]) };
    return { held: held as unknown as HeldLease, frame, verify: false };
  };
  const done = {} as Done;
  const options: LaneOptions = {
    slot: {
      sceneKey: null,
      work: async ({ frame }) => {
        told.push(`render ${frame}`);
        return async () => {
          told.push(`look ${frame}`);
          return done;
        };
      },
      holdUntil: () => {},
      close: async () => void told.push('close'),
    },
    leases: {
      take: () => {
        const [next] = left;
        if (!next || (next.afterKept ?? 0) > kept) return null;
        left.shift();
        asked = next.frame;
        return work(next.frame);
      },
    },
    results: {
      take: async (_, result) => result as never,
      keep: async ({ frame }) => {
        await keep?.(frame ?? 0);
        told.push(`keep ${frame}`);
        kept += 1;
      },
      failed: ({ frame }, { code }) => void told.push(`${code} ${frame}`),
      giveBack: ({ frames }) => void told.push(`give back ${frames}`),
    },
    room: { check: async () => hasRoom(asked) },
    log: { error: () => {} },
    signal: stop.signal,
    rest: async () => {
      told.push('rest');
      stop.abort();
    },
    giveBack: () => {},
    onChange: () => {},
  };
  await new Lane(options).run();
  return told;
}

test('Blender has its next frame before the one it answered is looked at, and one is kept at a time', async () => {
  const told = await happened({ frames: [{ frame: 1 }, { frame: 2 }, { frame: 3 }] });
  expect(told).toEqual([
    ...['render 1', 'render 2', 'look 1', 'keep 1', 'render 3', 'look 2', 'keep 2', 'look 3', 'keep 3'],
    ...['rest', 'close'],
  ]);
});

test('a frame that may not begin until the one before is kept begins then, without a rest between', async () => {
  const told = await happened({ frames: [{ frame: 1 }, { frame: 2, afterKept: 1 }] });
  expect(told).toEqual(['render 1', 'look 1', 'keep 1', 'render 2', 'look 2', 'keep 2', 'rest', 'close']);
});

test('a result that the disk does not take is told as failed, and the lane goes on', async () => {
  const keep = async (frame: number) => {
    if (frame === 1) throw new Error('EIO');
  };
  const told = await happened({ frames: [{ frame: 1 }, { frame: 2 }], keep });
  expect(told).toEqual([
    ...['render 1', 'render 2', 'look 1', 'disk.full 1', 'look 2', 'keep 2', 'rest', 'close'],
  ]);
});

test('what finds the disk full is given back, not begun', async () => {
  const told = await happened({ frames: [{ frame: 1 }, { frame: 2 }], hasRoom: (frame) => frame !== 2 });
  expect(told).toEqual(['render 1', 'give back 2', 'look 1', 'keep 1', 'rest', 'close']);
});
