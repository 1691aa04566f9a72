import { type FarmState, headOf } from '../schedule/index.ts';

/** What must survive a restart, in a form that can be compared. */
export function portrait(state: FarmState) {
  const unfinished = [...state.jobs.values()].filter(
    (job) => !['completed', 'failed', 'canceled'].includes(job.state),
  );
  // That a frame is under way is told again by the next beat; until then it is leased.
  const frameState = (is: string) => (['rendering', 'delivering'].includes(is) ? 'leased' : is);
  const jobs = unfinished.map((job) => {
    // What was learned of the job's frames is written when its head is, and not for itself.
    const { counts: _, frameSeconds: _seconds, peakMemory: _peak, ...head } = headOf(job);
    const frames = [...(job.board?.numbers ?? [])].map((frame, index) => {
      const is = job.board?.state(index) ?? '';
      const failures = is === 'done' ? null : job.board?.failures(index);
      return [frame, frameState(is), failures, job.holders.get(index) ?? null];
    });
    return { head: JSON.parse(JSON.stringify(head)), frames, leases: [...job.leases].sort() };
  });
  const leases = [...state.leases.values()].map(({ id, job, worker, kind, open, grantedAt }) => ({
    ...{ id, job, worker, kind, grantedAt },
    open: [...open].sort((a, b) => a - b),
  }));
  const workers = [...state.workers.values()].map(({ hello, draining, leases }) => ({
    ...{ hello, draining, leases: [...leases].sort() },
  }));
  const servers = [...state.frameServers.values()].map(({ hello, host, forget }) => ({
    ...{ hello, host, forget: [...forget].sort() },
  }));
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  return {
    jobs: jobs.sort((a, b) => byId(a.head, b.head)),
    leases: leases.sort(byId),
    workers: workers.sort((a, b) => byId(a.hello, b.hello)),
    servers: servers.sort((a, b) => byId(a.hello, b.hello)),
    limits: [...state.limits].sort(),
    settings: [...state.workers].map(([id, { settings }]) => ({ id, settings })).sort(byId),
    open: state.open.map((job) => job.id),
  };
}
