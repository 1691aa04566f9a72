import type { Logger } from 'pino';
import type { DiskRoom } from '../disk/disk-room.ts';
import type { HeldLeases, Work } from '../leases/held-leases.ts';
import type { Results, Taken } from '../results/results.ts';
import type { Slot } from './slot.ts';

export interface LaneOptions {
  readonly slot: Pick<Slot, 'sceneKey' | 'work' | 'holdUntil' | 'close'>;
  readonly leases: Pick<HeldLeases, 'take'>;
  readonly results: Pick<Results, 'take' | 'keep' | 'failed' | 'giveBack'>;
  readonly room: Pick<DiskRoom, 'check'>;
  readonly log: Pick<Logger, 'error'>;
  /** Aborted when the worker stops. */
  readonly signal: AbortSignal;
  /** Settles when there may be work. */
  readonly rest: () => Promise<void>;
  /** Gives back everything that no slot has begun. */
  readonly giveBack: () => void;
  readonly onChange: () => void;
}

/** What Blender answered and nobody has looked at yet. */
interface Answered {
  /** May be called again. */
  readonly look: () => void;
  /** Settles, never rejects, some time after `look`. */
  readonly kept: Promise<void>;
}

/**
 * How long a frame is left to itself when it begins: on a computer whose cores are all rendering, what we do with the frame
 * before would keep Blender from waking, 8 ms in the middle. A part of what frames take, and never more than this.
 */
const HEAD_START_MS = 25;
const HEAD_START_SHARE = 0.025;

/**
 * Gives a slot one unit of work after the other. Blender has its next frame as soon as it has answered: what it answered is
 * looked at, taken and kept meanwhile. One result at a time, so that a slow disk holds its slot back.
 */
export class Lane {
  readonly #options: LaneOptions;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** Until the worker stops; then the slot is closed. */
  async run(): Promise<void> {
    const { slot, leases, room, signal, rest } = this.#options;
    let last: Answered = { look: () => {}, kept: Promise.resolve() };
    const next = () => leases.take(slot.sceneKey);
    while (!signal.aborted) {
      let work = next();
      if (!work) {
        last.look();
        await last.kept;
        // A lease may bound how many slots have one of its frames, and that frame was kept just now.
        work = next();
      }
      if (!work) await rest();
      else if (await room.check()) last = await this.#work(work, last);
      else {
        this.#giveBack(work);
        this.#ended(work);
      }
    }
    last.look();
    await last.kept;
    await slot.close();
  }

  async #work(work: Work, last: Answered): Promise<Answered> {
    const { slot, results } = this.#options;
    setTimeout(last.look, headStart(work));
    const look = await slot.work(work);
    last.look();
    await last.kept;
    let mayLook = () => {};
    const waiting = new Promise<void>((settle) => {
      mayLook = settle;
    });
    const taken = waiting.then(look).then((done) => results.take(work, done));
    slot.holdUntil(taken);
    return { look: mayLook, kept: this.#keep(work, taken) };
  }

  async #keep(work: Work, taken: Promise<Taken>): Promise<void> {
    const { results, room, log } = this.#options;
    try {
      const result = await taken;
      // Whatever fails while the disk is full fails because of that: it is no fault of the frame.
      if (result.kind === 'failed' && !(await room.check())) this.#giveBack(work);
      else await results.keep(work, result);
    } catch (error) {
      log.error({ error }, 'a result could not be kept');
      if (await room.check()) results.failed(work, { code: 'disk.full', says: (error as Error).message });
      else this.#giveBack(work);
    }
    this.#ended(work);
  }

  /** Gives this unit of work back, and everything else that no slot has begun. */
  #giveBack({ held, frame }: Work): void {
    const frames = frame === null ? null : String(frame);
    this.#options.results.giveBack({ lease: held.lease.id, frames });
    this.#options.giveBack();
  }

  #ended({ held, frame }: Work): void {
    held.rendering.delete(frame ?? Number.NaN);
    if (frame === null) held.probing = 'done';
    this.#options.onChange();
  }
}

function headStart({ held }: Work): number {
  return Math.min(HEAD_START_MS, (held.lease.frameSeconds ?? 0) * 1000 * HEAD_START_SHARE);
}
