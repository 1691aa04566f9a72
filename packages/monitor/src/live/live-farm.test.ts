import type { FarmEvent } from '@akashganga/protocol';
import { describe, expect, it } from 'vitest';
import { type Connection, LiveFarm } from './live-farm.ts';
import { sampleJob } from './sample.ts';

/** As much of an EventSource as the page uses, told what to do by a test. */
class Wire extends EventTarget {
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readonly CLOSED = 2;
  readyState = 0;

  open(): void {
    this.readyState = this.OPEN;
    this.dispatchEvent(new Event('open'));
  }
  cut(): void {
    this.readyState = this.CONNECTING;
    this.dispatchEvent(new Event('error'));
  }
  refuse(): void {
    this.readyState = this.CLOSED;
    this.dispatchEvent(new Event('error'));
  }
  tell(event: FarmEvent): void {
    this.dispatchEvent(new MessageEvent(event.topic, { data: JSON.stringify(event) }));
  }
  close(): void {
    this.readyState = this.CLOSED;
  }
}

function watch() {
  const wire = new Wire();
  const seen = {
    connection: [] as Connection[],
    names: [] as string[],
    draws: 0,
    readings: 0,
    refusals: 0,
    opened: 0,
  };
  const readings: { done: () => void; fail: () => void }[] = [];
  let draw: (() => void) | null = null;
  const farm = new LiveFarm({
    openSource: () => wire as unknown as EventSource,
    readAgain: () => {
      seen.readings += 1;
      return new Promise((done, fail) => readings.push({ done, fail: () => fail(new Error('no answer')) }));
    },
    whenDrawing: (then) => {
      draw = then;
    },
    putChanges: (changes) => {
      seen.draws += 1;
      for (const job of changes.jobs.values()) seen.names.push(job?.name ?? 'deleted');
    },
    onConnection: (connection) => seen.connection.push(connection),
    onRefused: () => {
      seen.refusals += 1;
    },
    onOpen: () => {
      seen.opened += 1;
    },
  });
  const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
  return {
    wire,
    seen,
    farm,
    read: async () => {
      readings.shift()?.done();
      await settle();
    },
    failToRead: async () => {
      readings.shift()?.fail();
      await settle();
    },
    draw: () => {
      draw?.();
      draw = null;
    },
  };
}

const job = (name: string): FarmEvent => ({ topic: 'job', at: 1, job: sampleJob({ name }) });

describe('following the farm', () => {
  it('costs one render for however many events', async () => {
    const { wire, seen, read, draw } = watch();
    wire.open();
    await read();
    for (let n = 0; n < 5000; n += 1) wire.tell(job(`take ${n}`));
    draw();
    expect(seen).toMatchObject({ draws: 1, names: ['take 4999'], connection: ['live'] });
  });

  it('puts events that came while everything was read on top of what was read', async () => {
    const { wire, seen, read, draw } = watch();
    wire.open();
    wire.tell(job('newer than the answer'));
    draw();
    expect(seen.names).toEqual([]);
    await read();
    draw();
    expect(seen.names).toEqual(['newer than the answer']);
  });

  it('reads everything again after a reset and after a cut line', async () => {
    const { wire, seen, read } = watch();
    wire.open();
    await read();
    wire.tell({ topic: 'reset', at: 1 });
    await read();
    wire.cut();
    wire.open();
    await read();
    expect(seen).toMatchObject({ readings: 3, connection: ['live', 'live', 'lost', 'live'] });
  });

  it('says that nothing is missed any more before anything is read again', () => {
    const { wire, seen } = watch();
    expect(seen.opened).toBe(0);
    wire.open();
    expect(seen).toMatchObject({ opened: 1, connection: [] });
  });

  it('does not call itself live when the reading failed', async () => {
    const { wire, seen, failToRead, farm } = watch();
    wire.open();
    await failToRead();
    expect(seen.connection).toEqual(['lost']);
    farm.close();
  });

  it('asks who it is when the farm refuses', () => {
    const { wire, seen, farm } = watch();
    wire.refuse();
    expect(seen).toMatchObject({ refusals: 1, connection: ['lost'] });
    farm.close();
  });

  it('says nothing more once it is closed', async () => {
    const { wire, seen, farm, read, draw } = watch();
    wire.open();
    await read();
    wire.tell(job('late'));
    farm.close();
    draw();
    wire.cut();
    expect(seen).toMatchObject({ draws: 0, connection: ['live'] });
  });
});
