import { type Build, chooseBlender, FarmError, isExactVersion } from '@akashganga/protocol';
import type { FarmState, JobEntry, WorkerEntry } from './farm-state.ts';

export interface ChosenBlender {
  readonly version: string;
  /** Null: the worker has it itself. */
  readonly build: Build | null;
}

/** The name of a build in `FarmState.builds`: there is one of each version for each platform. */
export function buildKey(build: Pick<Build, 'version' | 'platform'>): string {
  return `${build.platform} ${build.version}`;
}

/**
 * The Blender with which this worker renders this job, its own or one of the farm's; null when neither it
 * nor the farm has one that may. Once a job was probed its frames stay with the probe's version wherever
 * that is to be had, so that they match; else the rule of `chooseBlender` decides.
 */
export function blenderFor(state: FarmState, worker: WorkerEntry, job: JobEntry): ChosenBlender | null {
  const has = (version: string) => worker.hello.blenders.some((own) => own.version === version);
  const probed = job.probe?.blender;
  // The usual case, without a list being made: this is asked for each worker and each open job.
  if (probed !== undefined && has(probed)) return { version: probed, build: null };
  const versions = versionsFor(state, worker);
  const version =
    probed !== undefined && versions.includes(probed) ? probed : chooseBlender(versions, job.scene.blender);
  if (version === null) return null;
  if (has(version)) return { version, build: null };
  return { version, build: state.builds.get(buildKey({ version, platform: worker.hello.platform })) ?? null };
}

/** What this worker can render with: its own and those the farm hands out for its platform. */
export function versionsFor(state: FarmState, worker: WorkerEntry): string[] {
  const { blenders, platform } = worker.hello;
  const versions = new Set(blenders.map((own) => own.version));
  for (const build of state.builds.values()) if (build.platform === platform) versions.add(build.version);
  return [...versions];
}

/** Why none of these Blenders may open the job's scene. */
export function noneFits(job: Pick<JobEntry, 'scene'>, have: readonly string[]): FarmError {
  const { blender } = job.scene;
  return isExactVersion(blender)
    ? new FarmError('scene.other-blender', { wanted: blender, have })
    : new FarmError('scene.newer-blender', { file: blender, have });
}
