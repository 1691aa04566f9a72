import { expect, test } from 'vitest';
import { blenderCommand } from './blender-command.ts';

const options = {
  blender: '/opt/blender',
  scene: '/farm/scene.blend',
  folder: '/farm/slot',
  driver: '/farm/driver/main.py',
  trustScripts: false,
};

test('what concerns loading stands before the scene, the driver after it', () => {
  const { args } = blenderCommand({ ...options, threads: 2 });
  const at = args.indexOf(options.scene);
  for (const early of ['--background', '--factory-startup', '--disable-autoexec', '--threads']) {
    expect(args.indexOf(early)).toBeGreaterThan(-1);
    expect(args.indexOf(early)).toBeLessThan(at);
  }
  expect(args.slice(at + 1)).toEqual(['--python', options.driver, '--', '--in', '3', '--out', '4']);
});

test('scripts run only when they are trusted', () => {
  expect(blenderCommand(options).args).not.toContain('--enable-autoexec');
  expect(blenderCommand({ ...options, trustScripts: true }).args).toContain('--enable-autoexec');
});

test('Blender sees neither the keys of the computer nor what changes its pictures', () => {
  const hidden = {
    AWS_SECRET_ACCESS_KEY: 'x',
    DATABASE_URL: 'x',
    AKASHGANGA_TOKEN: 'x',
    PYTHONPATH: 'x',
    PYTHONHOME: 'x',
    OCIO: 'x',
    LD_PRELOAD: 'x',
  };
  const { environment } = blenderCommand({
    ...options,
    environment: { ...hidden, PATH: '/bin', CUDA_VISIBLE_DEVICES: '0', TMPDIR: '/tmp' },
  });
  for (const name of Object.keys(hidden)) expect(environment).not.toHaveProperty(name);
  expect(environment).toMatchObject({ PATH: '/bin', CUDA_VISIBLE_DEVICES: '0' });
  for (const name of ['TMPDIR', 'BLENDER_USER_CONFIG', 'BLENDER_USER_SCRIPTS']) {
    expect(environment[name]).toMatch(/[/\\]farm[/\\]slot/);
  }
});
