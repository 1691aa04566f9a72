// Brings a fresh checkout to where it runs: npm packages, the build, and programs of the system. Uses
// nothing but Node itself. Words go to stderr, so that a command's own output stays clean.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamps = join(root, '.setup');
const CANNOT = 4;

export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(
    `Node ${process.versions.node} is too old; Akashganga needs 20.19 or newer. Install it from nodejs.org or with your package manager.`,
  );
}

/** Installs the npm packages when the lock file changed, and builds when a source did. Quick when nothing did. */
export async function setUpCheckout() {
  const lock = digest([join(root, 'package-lock.json')]);
  const isInstalled = existsSync(join(root, 'node_modules')) && read('packages') === lock;
  if (isInstalled && read('build') === buildStamp()) return;
  await alone(async () => {
    if (!existsSync(join(root, 'node_modules')) || read('packages') !== lock) {
      await run('Installing the npm packages', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
      write('packages', lock);
    }
    const build = buildStamp();
    if (read('build') === build) return;
    await run('Building', 'npm', ['run', '--silent', 'build']);
    write('build', build);
  });
}

/** Installs programs that are missing, where the system's package manager can and may; says so if not. */
export async function installSystemPackages(programs) {
  const how = packageManager();
  const missing = programs.filter((program) => !isThere(program) && (how || !optional.has(program)));
  if (missing.length === 0) return;
  const names = missing.join(' and ');
  if (!how)
    fail(
      `${names} ${missing.length === 1 ? 'is' : 'are'} missing on this computer, and this system's package manager cannot be used from here. Install ${names} (for Debian and Ubuntu: sudo apt-get install ${missing.join(' ')}) and start again.`,
    );
  await run('Reading the list of system packages', how[0], [...how.slice(1), 'update', '-qq']);
  for (const program of missing)
    await run(`Installing ${program}`, how[0], [
      ...how.slice(1),
      'install',
      '-y',
      '-qq',
      '--no-install-recommends',
      ...packagesOf(program),
    ]);
  const still = missing.filter((program) => !isThere(program) && !optional.has(program));
  if (still.length > 0)
    fail(
      `${still.join(' and ')} could not be installed. Install ${still.join(' and ')} by hand and start again.`,
    );
}

/**
 * Without bubblewrap a worker makes the best of what the system has; without libEGL Cycles renders, but neither
 * EEVEE nor Workbench. `doctor` says so of both.
 */
const optional = new Set(['bwrap', 'libEGL']);

const packagesOf = (program) =>
  ({ bwrap: ['bubblewrap'], ip: ['iproute2'], libEGL: ['libegl1'], xz: ['xz-utils'] })[program] ?? [program];

function isThere(program) {
  const own = { blender: process.env.AKASHGANGA_BLENDER, ffmpeg: process.env.AKASHGANGA_FFMPEG }[program];
  if (own) return true;
  if (program === 'libEGL') return process.platform !== 'linux' || isLoadable('libEGL.so.1');
  const places = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const ending = process.platform === 'win32' ? '.exe' : '';
  if (places.some((place) => existsSync(join(place, program + ending)))) return true;
  return process.platform === 'darwin' && program === 'blender' && existsSync('/Applications/Blender.app');
}

// Debian's Blender opens libEGL at run time, so its package does not ask for it. A system whose loader keeps no list
// is taken at its word.
function isLoadable(library) {
  const { stdout, status } = spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' });
  return status !== 0 || stdout.includes(library);
}

// As root directly; else with sudo, which may ask for a password where there is a terminal.
function packageManager() {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get')) return null;
  if (process.getuid() === 0) return ['/usr/bin/apt-get'];
  if (!existsSync('/usr/bin/sudo')) return null;
  const asks = process.stdin.isTTY ? [] : ['-n'];
  if (asks.length > 0 && spawnSync('/usr/bin/sudo', ['-n', 'true']).status !== 0) return null;
  return ['/usr/bin/sudo', ...asks, '/usr/bin/apt-get'];
}

/** Runs one step, telling what it does and how long it has taken; its own words only when it fails. */
export async function run(words, program, args) {
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  const draws = process.stderr.isTTY;
  process.stderr.write(draws ? `${words} …` : `${words} …\n`);
  const timer = draws
    ? setInterval(() => process.stderr.write(`\r\x1b[2K${words} … ${seconds()}`), 1000)
    : null;
  const child = spawn(program, args, {
    cwd: root,
    stdio: ['inherit', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece) => {
      said = (said + piece).slice(-8000);
    });
  const status = await new Promise((done) => {
    child.once('error', (error) => done(error.message));
    child.once('close', done);
  });
  if (timer) clearInterval(timer);
  process.stderr.write(
    draws
      ? `\r\x1b[2K${words}: ${status === 0 ? `done, ${seconds()}` : 'failed'}\n`
      : status === 0
        ? `${words}: done, ${seconds()}\n`
        : '',
  );
  if (status !== 0)
    fail(
      `${words} failed (${program} ${args.join(' ')}):\n${said.trim().split('\n').slice(0, 30).join('\n')}`,
    );
}

// Two commands started at once must not set the same checkout up twice.
async function alone(work) {
  mkdirSync(stamps, { recursive: true });
  const lock = join(stamps, 'lock');
  for (let told = false; ; ) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch {
      // Left by a command that was killed or failed.
      if (!isAlive(holder(lock))) {
        rmSync(lock, { force: true });
        continue;
      }
      if (!told) process.stderr.write('Another command is setting this checkout up; waiting for it.\n');
      told = true;
      await new Promise((next) => setTimeout(next, 500));
    }
  }
  try {
    await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function holder(lock) {
  try {
    return Number(readFileSync(lock, 'utf8')) || 0;
  } catch {
    return 0;
  }
}

function isAlive(pid) {
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

// Names, sizes and times of all sources: reading a thousand names is quick, reading their bytes is not needed.
function buildStamp() {
  const hash = createHash('sha256');
  const names = readdirSync(join(root, 'packages'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  for (const name of names.map((entry) => entry.name).sort()) {
    const folder = join(root, 'packages', name);
    for (const entry of ['package.json', 'tsconfig.json', 'index.html', 'vite.config.ts'])
      addToStamp(hash, join(folder, entry));
    if (!existsSync(join(folder, 'src'))) continue;
    for (const file of readdirSync(join(folder, 'src'), { recursive: true }).sort())
      addToStamp(hash, join(folder, 'src', file));
  }
  return hash.digest('hex');
}

function addToStamp(hash, path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile()) hash.update(`${path} ${found.size} ${found.mtimeMs}\n`);
}

function digest(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex');
}

const read = (name) => (existsSync(join(stamps, name)) ? readFileSync(join(stamps, name), 'utf8') : null);

function write(name, text) {
  mkdirSync(stamps, { recursive: true });
  writeFileSync(join(stamps, name), text);
}

function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(CANNOT);
}
