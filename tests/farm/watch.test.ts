import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { akashganga, Command, fakeBlender } from './processes/command.ts';
import { writeFakeScene } from './processes/scenes.ts';
import { TestFolder } from './processes/test-folder.ts';

const program = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));

test('the farm is watched in a terminal of 80 by 24 until q is pressed, and in a pipe it is one picture', async () => {
  await using folder = await TestFolder.make();
  const environment = { AKASHGANGA_BLENDER: fakeBlender };
  const data = ['--data', folder.join('data')];
  const local = ['--host', '127.0.0.1', '--address', '127.0.0.1', '--port', '0', '--frames-port', '0'];
  const up = new Command(['up', '--json', ...data, ...local], environment, folder.path);
  await up.event('up');
  const scene = await writeFakeScene(folder, {}, { name: 'comet' });
  const watching = watchInTerminal(folder.join('data'));
  await watching.sees(/No jobs yet/);
  await akashganga(['submit', scene, '--quiet', ...data], environment, folder.path);
  await watching.sees(/comet +completed +█+ +10\/10/);
  expect(await watching.quit(), 'as the terminal was before').toContain('\x1b[?25h\x1b[?1049l');

  const piped = await akashganga(['watch', ...data], environment, folder.path);
  expect(piped.stdout).toMatch(/^Akashganga .*1 worker/);
  expect(piped.stdout).toMatch(/comet +completed/);
  expect(piped.stdout).not.toContain('\x1b');
  await up.stop();
});

/** `akashganga watch` in a terminal of its own, which `script` makes. */
function watchInTerminal(data: string) {
  const line = `stty cols 80 rows 24; exec '${process.execPath}' '${program}' watch --data '${data}'`;
  const terminal = spawn('script', ['-qec', line, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
  let text = '';
  terminal.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  const closed = once(terminal, 'close');
  return {
    async sees(pattern: RegExp): Promise<void> {
      // Colours come and go between the cells of a line.
      await expect.poll(() => stripVTControlCharacters(text)).toMatch(pattern);
    },
    async quit(): Promise<string> {
      terminal.stdin.write('q');
      await closed;
      return text;
    },
  };
}
