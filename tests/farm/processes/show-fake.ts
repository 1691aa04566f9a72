import { appendFileSync, chmodSync, mkdirSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import type { Environment } from './command.ts';

/**
 * What the sandbox has to show for the fake Blender to run: its folder, Node, and where it counts what it did. Blender
 * may run there as a user of its own, so these are open to everybody.
 */
export function showFake(fakeBlender: string, environment: Environment): Environment {
  if (environment.AKASHGANGA_BLENDER !== fakeBlender) return {};
  const { FAKE_BLENDER_STATE: state, FAKE_BLENDER_LOG: log } = environment;
  if (state) {
    mkdirSync(state, { recursive: true });
    chmodSync(state, 0o777);
  }
  if (log) {
    appendFileSync(log, '');
    chmodSync(log, 0o666);
  }
  return {
    AKASHGANGA_SANDBOX_READ: [dirname(fakeBlender), dirname(dirname(process.execPath))].join(delimiter),
    AKASHGANGA_SANDBOX_WRITE: [state, log].filter(Boolean).join(delimiter),
  };
}
