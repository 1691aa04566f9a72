import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox } from '../../packages/worker/src/sandbox/index.ts';

// A container that allows no namespaces: all that is left is another user, and root is needed for that.
let data: string;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'akashganga-rights-'));
  await chmod(data, 0o755);
  await mkdir(join(data, 'programs'));
  await symlink('/usr/bin/setpriv', join(data, 'programs', 'setpriv'));
});

afterAll(() => rm(data, { recursive: true, force: true }));

test.each([
  { home: 'open', mode: 0o755, kind: 'user', why: '' },
  { home: 'private', mode: 0o700, kind: 'limits', why: "(user: Blender's user cannot read " },
])(
  'where our driver stands in a folder that is $home, Blender has: $kind',
  async ({ home, mode, kind, why }) => {
    const folder = join(data, home);
    await mkdir(folder);
    const driver = join(folder, 'main.py');
    await writeFile(driver, '');
    await chmod(folder, mode);
    const bounds = { memory: 1e9, disk: 1e9, files: 1000, processes: 100 };
    await using sandbox = await openSandbox({
      ...{ mode: 'auto', folder: join(data, `worker-${home}`), path: join(data, 'programs'), bounds },
      ...{ memory: 1e9, read: [], write: [], driver },
    });
    expect(sandbox.report.kind).toBe(kind);
    expect(sandbox.report.says).toContain(why);
  },
);
