import type { Lease, RenderedFrames } from '@akashganga/protocol';
import type { Clock } from '../world/clock.ts';
import type { Link } from '../world/link.ts';
import type { Life } from './life.ts';
import type { Delivery } from './sim-frame-server.ts';

export interface SimCourierNeeds {
  readonly link: Link;
  readonly clock: Clock;
  readonly deliver: (delivery: Delivery) => boolean;
}

/** Brings a simulated worker's frames to the frame server, one after the other. They are on its disk until one was taken. */
export class SimCourier {
  readonly #needs: SimCourierNeeds;
  #life: Life;
  #outbox: Delivery[] = [];
  #delivering = false;

  constructor(needs: SimCourierNeeds, life: Life) {
    this.#needs = needs;
    this.#life = life;
  }

  /** A new process begins, and goes on with what is on the disk. */
  begin(life: Life): void {
    this.#life = life;
    this.#delivering = false;
    this.#deliver();
  }

  get waiting(): readonly Delivery[] {
    return this.#outbox;
  }

  /** By lease, as a worker says it before it asks for work. */
  get rendered(): RenderedFrames[] {
    return this.#outbox.map(({ job, lease, frame }) => ({ job, lease, frames: [frame] }));
  }

  /** What is still to be carried of this frame goes on as one of this lease. False when there is nothing of it. */
  rebind(lease: Lease, frame: number): boolean {
    const found = this.#outbox.find((one) => one.job === lease.job && one.frame === frame);
    if (found) found.lease = lease.id;
    return found !== undefined;
  }

  send(delivery: Delivery): void {
    this.#outbox.push(delivery);
    this.#deliver();
  }

  // A receipt may be lost; the frame is delivered again then.
  #deliver(): void {
    const [delivery] = this.#outbox;
    if (!delivery || this.#delivering) return;
    this.#delivering = true;
    const { link, clock, deliver } = this.#needs;
    const life = this.#life;
    const there = link.delay();
    const back = link.delay();
    clock.after((there ?? 2000) + 20, () => {
      const isTaken = there !== null && deliver(delivery);
      if (!life.isAlive) return;
      life.after(isTaken ? (back ?? 2000) : 1000, () => {
        this.#delivering = false;
        if (isTaken && back !== null) this.#outbox = this.#outbox.filter((one) => one !== delivery);
        this.#deliver();
      });
    });
  }
}
