import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

/** What the command reads from its environment. Nothing else in the project looks at `process.env`. */
export interface Settings {
  readonly farm: string | null;
  readonly token: string | null;
  readonly data: string;
  readonly databaseUrl: string | null;
  /** Blender and ffmpeg of one's own choice. */
  readonly blender: string | null;
  readonly ffmpeg: string | null;
  /** The largest picture that a frame server takes, in megapixels, as it was written. */
  readonly largestPicture: string | null;
  /** Where a frame server brings the results of its jobs. */
  readonly out: string | null;
  /** Where `blender add VERSION` looks; its folders are laid out as those of the default. */
  readonly blenderDownloads: string;
  /** What the sign-in service of `--login-with` knows the farm by, or a file with it. */
  readonly loginSecret: string | null;
  readonly loginSecretFile: string | null;
  /** How workers enclose Blender, unless `--sandbox` says. */
  readonly sandbox: string | null;
  /** What Blender may see or write besides what is its scene's: lists of paths as in PATH. */
  readonly sandboxRead: readonly string[];
  readonly sandboxWrite: readonly string[];
  /** How this command is called, for lines that people copy. */
  readonly command: string;
  readonly colour: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export function readSettings(environment: NodeJS.ProcessEnv, isTerminal: boolean): Settings {
  const {
    AKASHGANGA_FARM,
    AKASHGANGA_TOKEN,
    AKASHGANGA_DATA,
    AKASHGANGA_BLENDER,
    AKASHGANGA_BLENDER_DOWNLOADS,
    AKASHGANGA_FFMPEG,
    AKASHGANGA_COMMAND,
    AKASHGANGA_LARGEST_PICTURE,
    AKASHGANGA_OUT,
    AKASHGANGA_LOGIN_SECRET,
    AKASHGANGA_LOGIN_SECRET_FILE,
    AKASHGANGA_SANDBOX,
    AKASHGANGA_SANDBOX_READ,
    AKASHGANGA_SANDBOX_WRITE,
  } = environment;
  return {
    farm: AKASHGANGA_FARM || null,
    token: AKASHGANGA_TOKEN || null,
    data: absolute(AKASHGANGA_DATA) ?? defaultDataFolder(environment),
    databaseUrl: environment.DATABASE_URL || null,
    blender: ownProgram(AKASHGANGA_BLENDER),
    ffmpeg: absolute(AKASHGANGA_FFMPEG),
    largestPicture: AKASHGANGA_LARGEST_PICTURE || null,
    out: absolute(AKASHGANGA_OUT),
    blenderDownloads: AKASHGANGA_BLENDER_DOWNLOADS || 'https://download.blender.org/release',
    loginSecret: AKASHGANGA_LOGIN_SECRET || null,
    loginSecretFile: AKASHGANGA_LOGIN_SECRET_FILE || null,
    sandbox: AKASHGANGA_SANDBOX || null,
    sandboxRead: pathList(AKASHGANGA_SANDBOX_READ),
    sandboxWrite: pathList(AKASHGANGA_SANDBOX_WRITE),
    command: AKASHGANGA_COMMAND || 'akashganga',
    colour: isTerminal && !environment.NO_COLOR && environment.TERM !== 'dumb',
    environment,
  };
}

// Roles and Blender run in other folders than the one that a relative path was meant from.
function absolute(path: string | undefined): string | null {
  return path ? resolve(path) : null;
}

/** A name alone is one of PATH. */
function ownProgram(value: string | undefined): string | null {
  return value && /[\\/]/.test(value) ? resolve(value) : value || null;
}

function pathList(value: string | undefined): string[] {
  return (value ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((path) => resolve(path));
}

// Root's own home is closed to the user under whom PostgreSQL runs, so root gets the system's place.
function defaultDataFolder(environment: NodeJS.ProcessEnv): string {
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Akashganga');
  if (process.platform === 'win32') return join(environment.LOCALAPPDATA ?? homedir(), 'Akashganga');
  if (process.getuid?.() === 0) return '/var/lib/akashganga';
  return join(environment.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'akashganga');
}
