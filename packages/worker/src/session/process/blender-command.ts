import { join } from 'node:path';

/** A process to start: a sandbox turns one of these into another. Descriptors 3 (in) and 4 (out) are the driver's. */
export interface BlenderCommand {
  file: string;
  args: string[];
  environment: Record<string, string>;
  folder: string;
}

export interface BlenderCommandOptions {
  blender: string;
  /** Null: the scene Blender itself starts with. */
  scene: string | null;
  /** The driver is told later which scene to open, and says nothing of the one Blender starts with. */
  waits?: boolean | undefined;
  /** Private to this process: its settings, scripts and temporary files land here. */
  folder: string;
  /** Path of driver/main.py. */
  driver: string;
  threads?: number | undefined;
  trustScripts: boolean;
  /** The computer's environment, of which only what Blender needs is passed on. */
  environment?: Readonly<Record<string, string | undefined>> | undefined;
}

export const driverIn = 3;
export const driverOut = 4;

/**
 * What Blender may see of the computer's environment. A list of what is let through, not of what is held back: scenes
 * can carry programs, and a worker's environment can carry keys. OCIO stays out because it changes pixels, PYTHON*
 * because it changes which modules Blender's Python finds. The last names belong to tests/fakes/fake-blender.
 */
const visible = new RegExp(
  '^(PATH|HOME|USER|LOGNAME|LANG|LANGUAGE|LC_[A-Z]+|TZ|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|XDG_RUNTIME_DIR' +
    '|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|USERPROFILE|APPDATA|LOCALAPPDATA|PROGRAMDATA' +
    '|LD_LIBRARY_PATH|(CUDA|NVIDIA|HIP|ROCR|HSA|ONEAPI|SYCL|ZE|CYCLES)_[A-Z0-9_]+' +
    '|(EGL|LIBGL|MESA|GALLIUM|LP|VK)_[A-Z0-9_]+|__(EGL|GLX)_[A-Z0-9_]+|FAKE_BLENDER_(STATE|LOG))$',
  'i',
);

/**
 * Blender acts on its arguments in order: what concerns loading stands before the scene, the driver after it.
 * `--python-exit-code` makes a broken driver end the process, which would otherwise exit 0.
 */
export function blenderCommand(options: BlenderCommandOptions): BlenderCommand {
  const threads = options.threads === undefined ? [] : ['--threads', String(options.threads)];
  return {
    file: options.blender,
    args: [
      '--background',
      '--factory-startup',
      options.trustScripts ? '--enable-autoexec' : '--disable-autoexec',
      ...['--python-exit-code', '7'],
      ...threads,
      ...(options.scene === null ? [] : [options.scene]),
      ...['--python', options.driver],
      ...['--', '--in', String(driverIn), '--out', String(driverOut)],
      ...(options.waits ? ['--wait'] : []),
    ],
    environment: { ...visibleOf(options.environment ?? {}), ...privateFolders(options.folder) },
    folder: options.folder,
  };
}

/** The folders Blender is sent to by `environment`, so that nothing is read from or written to the user's own. */
export function privateFolders(folder: string): Record<string, string> {
  const temporary = join(folder, 'temporary');
  return {
    BLENDER_USER_RESOURCES: join(folder, 'resources'),
    BLENDER_USER_CONFIG: join(folder, 'config'),
    BLENDER_USER_SCRIPTS: join(folder, 'scripts'),
    BLENDER_USER_DATAFILES: join(folder, 'datafiles'),
    TMPDIR: temporary,
    TEMP: temporary,
    TMP: temporary,
  };
}

export function visibleOf(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const seen: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && visible.test(name)) seen[name] = value;
  }
  return seen;
}
