import type { Change } from '@akashganga/protocol';
import type { Command } from './command.ts';

/** What of a command is written down in the farm's history; null for what no person asked for. */
export function changeOf(command: Command, now: number): Change | null {
  const about = aboutOf(command);
  if (!about) return null;
  const { job = null, worker = null, ...detail } = about;
  return {
    at: now,
    by: command.by ?? 'unknown',
    from: command.from ?? null,
    what: command.kind,
    job,
    worker,
    detail,
  };
}

type About = { readonly job?: string; readonly worker?: string } & Readonly<Record<string, unknown>>;

function aboutOf(command: Command): About | null {
  switch (command.kind) {
    case 'submit':
      return { job: command.id, name: command.job.name, priority: command.job.priority };
    case 'resume':
    case 'cancel':
    case 'delete':
      return { job: command.job };
    case 'pause':
      return { job: command.job, isAtOnce: command.isAtOnce ?? false };
    case 'retry':
      return { job: command.job, frames: command.frames };
    case 'remake-film':
      return { job: command.job, container: command.wish.container, ...command.wish.film };
    case 'set-priority':
      return { job: command.job, priority: command.priority };
    case 'change-job':
      return { job: command.job, ...command.change };
    case 'drain':
    case 'wake':
    case 'forgive':
    case 'remove-worker':
      return { worker: command.worker };
    case 'remove-frame-server':
      return { frameServer: command.frameServer };
    case 'change-worker':
      return { worker: command.worker, ...command.settings };
    case 'set-limit':
      return { name: command.name, most: command.most };
    case 'add-build':
      return { version: command.build.version, platform: command.build.platform };
    case 'remove-build':
      return { version: command.version, platform: command.platform };
    default:
      return null;
  }
}
