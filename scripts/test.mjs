// `npm test`: sets everything up, then checks and tests everything, real Blender and a real browser included.
// Arguments go to the test runner: `npm test -- --project unit`.
import { spawn } from 'node:child_process';
import { checkNode, installSystemPackages, root, run, setUpCheckout } from './set-up.mjs';

checkNode();
await setUpCheckout();
await installSystemPackages(['blender', 'libEGL', 'bwrap', 'ffmpeg', 'chromium', 'ip', 'xz', 'unzip']);
await run('Checking format and lint', 'npx', ['biome', 'check', '--error-on-warnings', '.']);
await run('Checking types', 'npx', ['tsc', '-b', 'packages', 'tests']);
const tests = spawn('npx', ['vitest', 'run', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
tests.once('close', (code) => process.exit(code ?? 1));
