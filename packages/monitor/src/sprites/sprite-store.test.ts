import { expect, test } from 'vitest';
import { addRuns, applyStates, emptyBoard } from '../frames/frame-board.ts';
import { SpriteStore } from './sprite-store.ts';

const TOTAL = 10_000;

function lookAt() {
  const board = emptyBoard();
  addRuns(board, [{ first: 1, last: TOTAL, step: 1, state: 'done' }], new Map());
  const asked: { sprite: number; answer: (name: string) => void; fail: () => void }[] = [];
  const dropped: string[] = [];
  const clock = { now: 0 };
  const store = new SpriteStore<string>({
    fetchSprite: (sprite) =>
      new Promise((answer, fail) => asked.push({ sprite, answer, fail: () => fail(new Error('none')) })),
    drop: (picture) => dropped.push(picture),
    onCome: () => undefined,
    now: () => clock.now,
  });
  const settle = () => new Promise((next) => setTimeout(next, 0));
  return { board, store, asked, dropped, clock, settle };
}

test('who races over ten thousand frames asks for the first sprite and then for the one where he is', async () => {
  const { board, store, asked, settle } = lookAt();
  for (let place = 0; place < TOTAL; place += 1) store.look(board, place);
  expect(asked.map(({ sprite }) => sprite)).toEqual([0]);
  asked[0]?.answer('first');
  await settle();
  expect(asked.map(({ sprite }) => sprite)).toEqual([0, 99]);
  asked[1]?.answer('last');
  await settle();
  expect(store.look(board, TOTAL - 1)).toBe('last');
  expect(store.look(board, 42)).toBe('first');
  await settle();
  expect(asked).toHaveLength(2);
});

test('few sprites are kept, and what goes is let go', async () => {
  const { board, store, asked, dropped, settle } = lookAt();
  for (let sprite = 0; sprite < 40; sprite += 1) {
    store.look(board, sprite * 100);
    await settle();
    asked.at(-1)?.answer(`sprite ${sprite}`);
    await settle();
  }
  expect(dropped).toEqual(Array.from({ length: 24 }, (_, sprite) => `sprite ${sprite}`));
  store.close();
  expect(dropped).toHaveLength(40);
});

test('a frame that came after its sprite is not shown by it, and the sprite is asked for again in a while', async () => {
  const { board, store, asked, clock, dropped, settle } = lookAt();
  applyStates(board, new Map([[8, 'rendering']]));
  store.look(board, 3);
  asked[0]?.answer('without it');
  await settle();
  applyStates(board, new Map([[8, 'done']]));
  expect(store.look(board, 7)).toBeNull();
  expect(store.look(board, 3)).toBe('without it');
  expect(asked).toHaveLength(1);
  clock.now = 5000;
  expect(store.look(board, 7)).toBeNull();
  asked[1]?.answer('with it');
  await settle();
  expect(store.look(board, 7)).toBe('with it');
  expect(dropped).toEqual(['without it']);
});

test('a sprite that cannot be had is not asked for at once again', async () => {
  const { board, store, asked, settle } = lookAt();
  store.look(board, 3);
  asked[0]?.fail();
  await settle();
  expect(store.look(board, 3)).toBeNull();
  await settle();
  expect(asked).toHaveLength(1);
});
