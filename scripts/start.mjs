// Sets the checkout up where that is needed, then runs the command in this same process.
import module from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkNode, installSystemPackages, root, setUpCheckout } from './set-up.mjs';

/** Commands that cannot do without; a computer that joins can use the Blender of the farm. */
const NEEDS = {
  render: ['blender', 'libEGL', 'ffmpeg', 'bwrap'],
  up: ['blender', 'libEGL', 'ffmpeg', 'bwrap'],
  join: ['bwrap'],
  worker: ['bwrap'],
  frames: ['ffmpeg'],
};

const [, , command = '', ...rest] = process.argv;
const asksForHelp = rest.includes('--help') || rest.includes('-h');
checkNode();
await setUpCheckout();
// A farm elsewhere does the work when one is named.
const isElsewhere = command === 'render' && (rest.includes('--farm') || process.env.AKASHGANGA_FARM);
if (!asksForHelp && !isElsewhere) await installSystemPackages(NEEDS[command] ?? []);
// Node 22.8 and newer can keep what they compiled: a third of what a command's start takes of the processor.
module.enableCompileCache?.(join(root, 'node_modules', '.cache', 'akashganga'));
process.env.AKASHGANGA_COMMAND ??= './akashganga';
await import(pathToFileURL(join(root, 'packages', 'cli', 'dist', 'main.js')).href);
