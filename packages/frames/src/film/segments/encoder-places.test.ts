import { expect, test } from 'vitest';
import { type AlongEncoder, EncoderPlaces } from './encoder-places.ts';

function start(patienceMs = 1000) {
  let now = 0;
  const freed: number[] = [];
  const places = new EncoderPlaces({ now: () => now, patienceMs, onFree: () => freed.push(now) });
  const givenUp: AlongEncoder[] = [];
  const encoder = (film: object, isWaiting = false): AlongEncoder => {
    const own: AlongEncoder = {
      ...{ film, movedAt: now },
      isWaiting: () => isWaiting,
      giveUp: () => givenUp.push(own),
    };
    return own;
  };
  const wait = (ms: number) => {
    now += ms;
  };
  return { places, encoder, wait, freed, givenUp };
}

test('a film has two encoders at most, and all films together four', () => {
  const { places, encoder, freed } = start();
  const [one, two, three] = [{}, {}, {}];
  const mine = encoder(one);
  expect([mine, encoder(one), encoder(one)].map((each) => places.take(each))).toEqual([true, true, false]);
  expect([encoder(two), encoder(two), encoder(three)].map((each) => places.take(each))).toEqual([
    ...[true, true, false],
  ]);
  places.leave(mine);
  places.leave(mine);
  expect(freed).toHaveLength(1);
  expect(places.take(encoder(three))).toBe(true);
});

test('of encoders that wait for a frame, the one that waited longest gives its place to others, and none that works', () => {
  const { places, encoder, wait, givenUp } = start();
  const [one, two] = [{}, {}];
  const works = encoder(one);
  places.take(works);
  wait(10);
  const waits = encoder(one, true);
  places.take(waits);
  places.take(encoder(two, true));
  wait(900);
  places.take(encoder(two, true));
  expect(places.take(encoder({}))).toBe(false);
  expect(givenUp).toEqual([]);
  wait(200);
  expect(places.take(encoder({}))).toBe(false);
  expect(givenUp).toEqual([waits]);
});
