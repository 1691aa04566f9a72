import { compareVersions, FarmError } from '@akashganga/protocol';
import type { CommandOf } from './command.ts';
import type { FarmState } from './farm-state.ts';
import { hasTags, isAlive } from './match.ts';
import type { Outcome } from './outcome.ts';
import { blenderFor, buildKey } from './which-blender.ts';

/** The caller has made sure that all its files are kept. A second one of a version takes the first one's place. */
export function addBuild(state: FarmState, command: CommandOf<'add-build'>, outcome: Outcome): void {
  const { build, request } = command;
  state.builds.set(buildKey(build), build);
  state.index.forget();
  outcome.fact({ kind: 'build', build });
  showWorkersOf(state, build.platform, outcome);
  outcome.reply(request, build);
}

/** Refused while an unfinished job would be rendered with it. */
export function removeBuild(state: FarmState, command: CommandOf<'remove-build'>, outcome: Outcome): void {
  const { version, platform } = command;
  const removed = [...state.builds.values()].filter(
    (build) => build.version === version && (platform === null || build.platform === platform),
  );
  if (removed.length === 0) throw new FarmError('build.unknown', { version, platform });
  const keys = new Set(removed.map(buildKey));
  const jobs = jobsThatNeed(state, keys);
  if (jobs.length > 0) throw new FarmError('build.in-use', { version, jobs: jobs.slice(0, 10) });
  state.index.forget();
  for (const build of removed) {
    state.builds.delete(buildKey(build));
    outcome.fact({ kind: 'build-removed', version: build.version, platform: build.platform });
    showWorkersOf(state, build.platform, outcome);
  }
  outcome.reply(command.request, { removed: removed.sort((a, b) => compareVersions(a.version, b.version)) });
}

function jobsThatNeed(state: FarmState, builds: ReadonlySet<string>): string[] {
  const workers = [...state.workers.values()].filter(isAlive);
  const unfinished = [...state.jobs.values()].filter((job) => job.endedAt === null);
  const needs = unfinished.filter((job) =>
    workers.some((worker) => {
      const build = hasTags(worker, job) ? blenderFor(state, worker, job)?.build : null;
      return build && builds.has(buildKey(build));
    }),
  );
  return needs.map((job) => job.id);
}

// Whether a worker without a Blender can be used has changed.
function showWorkersOf(state: FarmState, platform: string, outcome: Outcome): void {
  for (const worker of state.workers.values())
    if (worker.hello.platform === platform && worker.hello.blenders.length === 0)
      outcome.workers.add(worker.hello.id);
}
