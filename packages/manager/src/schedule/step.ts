import { FarmError } from '@akashganga/protocol';
import { changeOf } from './audit.ts';
import { addBuild, removeBuild } from './build-commands.ts';
import type { Command } from './command.ts';
import { changeJob, changeWorker, forgive } from './control-commands.ts';
import type { FarmState } from './farm-state.ts';
import { remakeFilm } from './film-commands.ts';
import { frameServerHello, gather, gatherOver, reports } from './frame-server-commands.ts';
import { removeFrameServer } from './gone-frame-servers.ts';
import { handOut } from './hand-out.ts';
import { cancel, deleteJob, pause, resume, retry, setPriority, submit } from './job-commands.ts';
import { Outcome } from './outcome.ts';
import { setLimit } from './resources.ts';
import { helpTails } from './tail.ts';
import { tick } from './tick.ts';
import { updates } from './updates.ts';
import { ask, askOver, drain, heartbeat, hello, removeWorker, wake } from './worker-commands.ts';

/**
 * One decision: `(state, command, now) -> facts and replies`. Deterministic: no clock, no socket, no
 * database and no chance in here. The state is changed in place, because copying a million frames for
 * each of a thousand decisions a second would be the farm's whole work.
 */
export function step(state: FarmState, command: Command, now: number): Outcome {
  const outcome = new Outcome();
  try {
    apply(state, command, now, outcome);
    const change = changeOf(command, now);
    if (change) outcome.facts.unshift({ kind: 'change', change });
  } catch (error) {
    if (!(error instanceof FarmError)) throw error;
    outcome.refuse(command.request, error);
  }
  // Whatever happened may have made work for those who wait.
  handOut(state, now, outcome);
  // With time a second rendering of a last frame may have become worth it.
  if (command.kind === 'tick') helpTails(state, now, outcome);
  return outcome;
}

function apply(state: FarmState, command: Command, now: number, outcome: Outcome): void {
  switch (command.kind) {
    case 'submit':
      return submit(state, command, now, outcome);
    case 'pause':
      return pause(state, command, now, outcome);
    case 'resume':
      return resume(state, command, now, outcome);
    case 'cancel':
      return cancel(state, command, now, outcome);
    case 'delete':
      return deleteJob(state, command, now, outcome);
    case 'retry':
      return retry(state, command, now, outcome);
    case 'remake-film':
      return remakeFilm(state, command, now, outcome);
    case 'set-priority':
      return setPriority(state, command, now, outcome);
    case 'change-job':
      return changeJob(state, command, now, outcome);
    case 'change-worker':
      return changeWorker(state, command, now, outcome);
    case 'forgive':
      return forgive(state, command, now, outcome);
    case 'set-limit':
      return setLimit(state, command, outcome);
    case 'hello':
      return hello(state, command, now, outcome);
    case 'ask':
      return ask(state, command, now, outcome);
    case 'ask-over':
      return askOver(state, command, outcome);
    case 'heartbeat':
      return heartbeat(state, command, now, outcome);
    case 'updates':
      return updates(state, command, now, outcome);
    case 'drain':
      return drain(state, command, now, outcome);
    case 'wake':
      return wake(state, command, now, outcome);
    case 'remove-worker':
      return removeWorker(state, command, now, outcome);
    case 'frame-server-hello':
      return frameServerHello(state, command, now, outcome);
    case 'remove-frame-server':
      return removeFrameServer(state, command, now, outcome);
    case 'gather':
      return gather(state, command, now, outcome);
    case 'gather-over':
      return gatherOver(state, command, outcome);
    case 'reports':
      return reports(state, command, now, outcome);
    case 'add-build':
      return addBuild(state, command, outcome);
    case 'remove-build':
      return removeBuild(state, command, outcome);
    case 'tick':
      return tick(state, now, outcome);
  }
}
