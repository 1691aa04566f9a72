// Writes the list of what a release is made of (CycloneDX, JSON), from the lock file: `node scripts/make-sbom.mjs FILE`.
// Packages of the tests and of the build are left out. Fails when one has no licence or no checksum in the lock file.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const [, , file] = process.argv;
if (!file) throw new Error('Give the file to write: node scripts/make-sbom.mjs sbom.json');
const top = new URL('..', import.meta.url);
const args = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--omit', 'dev'];
const { stdout } = await promisify(execFile)('npm', [...args, '--package-lock-only'], {
  ...{ cwd: top, maxBuffer: 64e6, shell: process.platform === 'win32' },
});
const list = JSON.parse(stdout);
const { name, version } = JSON.parse(await readFile(new URL('package.json', top), 'utf8'));
// npm calls it by the folder that it lies in.
Object.assign(list.metadata.component, { name, version });
const others = list.components.filter((one) => !one['bom-ref'].startsWith('@akashganga/'));
const wanting = others.filter((one) => !one.licenses?.length || !one.hashes?.length);
if (wanting.length > 0)
  throw new Error(`No licence or no checksum: ${wanting.map((one) => one['bom-ref']).join(', ')}`);
await writeFile(file, `${JSON.stringify(list, null, 2)}\n`);
console.log(`${file}: ${others.length} packages`);
