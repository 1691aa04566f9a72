/** One rule of the farm, broken on purpose: in this file, this text is put in the place of that one. */
export interface Mutant {
  readonly breaks: string;
  /** Below packages/. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const schedule = 'manager/src/schedule/';

export const mutants: readonly Mutant[] = [
  {
    breaks: 'a lease whose answer was lost is not told again',
    file: `${schedule}worker-commands.ts`,
    from: 'if (unheard.length > 0 ||',
    to: 'if (',
  },
  {
    breaks: 'a frame that failed once is not tried again',
    file: `${schedule}failures.ts`,
    from: "const isFinal = mendedBy === 'scene' ||",
    to: "const isFinal = mendedBy !== 'scene' ||",
  },
  {
    breaks: 'groups are answered without being written',
    file: 'manager/src/farm/farm.ts',
    from: 'await this.#commit(facts);',
    to: 'this.#mustConfirm = false;',
  },
  {
    breaks: 'answers leave before their group is written',
    file: 'manager/src/farm/farm.ts',
    from: 'this.#gathering.push(outcome);',
    to: 'this.#release([outcome]); this.#gathering.push(outcome);',
  },
  {
    breaks: 'a frame that is leased is handed out again',
    file: `${schedule}leases.ts`,
    from: "job.board?.apply(index, 'lease');",
    to: '',
  },
  {
    breaks: 'a frame that is done is written down as waiting',
    file: `${schedule}frame-server-commands.ts`,
    from: "frame,\n    state: 'done',",
    to: "frame, state: 'waiting',",
  },
  {
    breaks: 'what lies rendered on a worker’s disk is handed out again',
    file: `${schedule}worker-commands.ts`,
    from: 'leaseRendered(state, worker, here, now, outcome);',
    to: '',
  },
  {
    breaks: 'a worker that falls silent keeps its frames',
    file: `${schedule}tick.ts`,
    from: 'loseLeases(state, worker, now, outcome);',
    to: '',
  },
  {
    breaks: 'what a lease gave back is not written down',
    file: `${schedule}leases.ts`,
    from: "outcome.fact({ kind: 'lease-narrowed'",
    to: "if (lease.id === '') outcome.fact({ kind: 'lease-narrowed'",
  },
  {
    breaks: 'a worker without the tags gets frames',
    file: `${schedule}match.ts`,
    from: 'return hasTags(worker, job) &&',
    to: 'return',
  },
  {
    breaks: 'a draining worker gets frames',
    file: `${schedule}match.ts`,
    from: 'isAlive(worker) && !worker.draining &&',
    to: 'isAlive(worker) &&',
  },
  {
    breaks: 'a job that comes is offered to nobody',
    file: `${schedule}order/farm-index.ts`,
    from: 'this.fresh.add(job);',
    to: 'this.fresh.delete(job);',
  },
  {
    breaks: 'the film is ordered before the last frame',
    file: `${schedule}job-life.ts`,
    from: "board.count('done') + board.count('failed') < board.size",
    to: "board.count('done') + board.count('failed') < board.size - 1",
  },
  {
    breaks: 'leases are forgotten when the manager starts anew',
    file: 'manager/src/record/farm-from-rows.ts',
    from: 'const leases = [...rows.leases]',
    to: 'const leases = [...rows.leases].slice(0, 0)',
  },
  {
    breaks: 'a resource of which none is left is handed out all the same',
    file: `${schedule}order/is-ready.ts`,
    from: 'if (missingResource(state, job) !== null) return false;',
    to: '',
  },
  {
    breaks: 'the bound on the slots of a job is not kept',
    file: `${schedule}order/is-ready.ts`,
    from: ': (job.maxSlots ?? Number.POSITIVE_INFINITY);',
    to: ': Number.POSITIVE_INFINITY;',
  },
  {
    breaks: 'frames that are made one from the other are rendered side by side',
    file: `${schedule}order/is-ready.ts`,
    from: 'return isInSequence(job) ? 1 :',
    to: 'return isInSequence(job) ? 9 :',
  },
  {
    breaks: 'a worker that sleeps gets frames',
    file: `${schedule}match.ts`,
    from: "worker.state !== 'asleep' &&",
    to: '',
  },
  {
    breaks: 'a job that needs more memory goes to any worker',
    file: `${schedule}match.ts`,
    from: 'memory !== undefined && countedMemory(hello.memory) < memory',
    to: 'memory !== undefined && memory < 0',
  },
];
