import { NotLeading } from '../../../packages/manager/src/record/not-leading.ts';
import type { Fact, JobEntry } from '../../../packages/manager/src/schedule/index.ts';
import type { Shelf } from './shelf.ts';
import { must, type World } from './world.ts';

/** Commits of an idle disk, milliseconds. */
const COMMIT_MS = [1, 8] as const;
const SLOW_COMMIT_MS = [200, 6000] as const;

/**
 * What is committed, shared by all managers of the farm: groups take time to be written, the disk can be
 * away, and only the manager that leads may write.
 */
export class SimRecord {
  readonly shelf: Shelf;
  readonly #world: World;
  /** Leases that were ever on disk. */
  readonly leasesSeen = new Set<string>();
  batch = 0;
  /** The manager that holds the lock. */
  leader = 0;
  #awayUntil = 0;

  constructor(world: World, shelf: Shelf) {
    this.#world = world;
    this.shelf = shelf;
  }

  goAway(ms: number): void {
    this.#awayUntil = this.#world.clock.now + ms;
  }

  /** The database as one manager sees it. */
  seenBy(manager: number) {
    return {
      write: (batch: number, facts: readonly Fact[], onDown: (down: boolean) => void) =>
        new Promise<void>((written, refused) => {
          const away = this.#awayUntil - this.#world.clock.now;
          if (away > 0) onDown(true);
          this.#world.clock.after(Math.max(0, away) + this.#commitMs(), () => {
            this.#world.clock.unsettled = true;
            // Killed meanwhile: whether the group was still written is decided when it is killed.
            if (this.#dead.has(manager)) return;
            if (this.leader !== manager) return refused(new NotLeading('another manager leads'));
            this.#commit(batch, facts);
            if (away > 0) onDown(false);
            written();
          });
          this.#onTheWay.set(manager, { batch, facts });
        }),
      readJob: (id: string): Promise<JobEntry | null> => Promise.resolve(this.shelf.readJob(id)),
    };
  }

  readonly #onTheWay = new Map<number, { batch: number; facts: readonly Fact[] }>();
  readonly #dead = new Set<number>();

  /** A manager is killed: what it was writing may have reached the disk, unknown to anyone. */
  forget(manager: number): void {
    const group = this.#onTheWay.get(manager);
    this.#dead.add(manager);
    this.#onTheWay.delete(manager);
    if (group && group.batch === this.batch + 1 && this.leader === manager && this.#world.chance.happens(0.5))
      this.#commit(group.batch, group.facts);
  }

  #commit(batch: number, facts: readonly Fact[]): void {
    must(batch === this.batch + 1, () => `group ${batch} was written after group ${this.batch}`);
    this.batch = batch;
    for (const fact of facts) if (fact.kind === 'lease-opened') this.leasesSeen.add(fact.lease.id);
    this.shelf.write(facts);
  }

  #commitMs(): number {
    const { chance, faults } = this.#world;
    const [low, high] = chance.happens(faults.slowCommit) ? SLOW_COMMIT_MS : COMMIT_MS;
    return chance.between(low, high);
  }
}
