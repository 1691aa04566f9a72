// Sets the checkout up where that is needed, then runs the command in this same process.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkNode, installSystemPackages, root, setUpCheckout } from './set-up.mjs';

/** Commands that render or make films here; the others need no Blender. */
const NEEDS = {
  render: ['blender', 'ffmpeg'],
  up: ['blender', 'ffmpeg'],
  join: ['blender'],
  worker: ['blender'],
  frames: ['ffmpeg'],
};

const [, , command = '', ...rest] = process.argv;
const asksForHelp = rest.includes('--help') || rest.includes('-h');
checkNode();
await setUpCheckout();
// A farm elsewhere does the work when one is named.
const isElsewhere = command === 'render' && (rest.includes('--farm') || process.env.AKASHGANGA_FARM);
if (!asksForHelp && !isElsewhere) await installSystemPackages(NEEDS[command] ?? []);
process.env.AKASHGANGA_COMMAND ??= './akashganga';
await import(pathToFileURL(join(root, 'packages', 'cli', 'dist', 'main.js')).href);
