import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { TestFarm } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));

test('a command whose reader has gone ends quietly', async () => {
  await using folder = await TestFolder.make();
  await using farm = await TestFarm.start(folder, { workers: 1, frames: false });
  for (const args of ['workers --json', 'workers', 'jobs']) {
    const line = `"$0" "$1" ${args} --farm ${farm.url} 2>"$2" | true; echo "\${PIPESTATUS[0]}"; cat "$2"`;
    const env = { ...process.env, ...farm.environment, AKASHGANGA_TOKEN: farm.key };
    const shell = ['-c', line, process.execPath, program, folder.join('stderr')];
    const { stdout } = await run('bash', shell, { env, cwd: folder.path });
    // Its exit code, and nothing on stderr.
    expect(stdout, args).toMatch(/^\d+\n$/);
  }
});
