import type { MissingFile, ProbeReport } from '@akashganga/protocol';

const MOST_NAMED = 5;

/**
 * The report of a probe with what two lookers disagree about: whoever submitted the scene read its files without Blender,
 * and Blender opened what arrived. `atHome` is what was missing there.
 */
export function compareMissing(report: ProbeReport, atHome: readonly MissingFile[]): ProbeReport {
  const here = pathsOf(report.missing);
  const there = pathsOf(atHome);
  const onlyHere = report.missing.filter((file) => !there.has(pathOf(file)));
  const onlyThere = atHome.filter((file) => !here.has(pathOf(file)));
  const found: string[] = [];
  if (onlyHere.length > 0)
    found.push(
      `Blender does not find what did not seem to be missing when the scene was sent: ${named(onlyHere)}.`,
    );
  if (onlyThere.length > 0)
    found.push(`Missing when the scene was sent, but Blender does not ask for it: ${named(onlyThere)}.`);
  return found.length === 0 ? report : { ...report, warnings: [...report.warnings, ...found].slice(0, 1000) };
}

function pathsOf(files: readonly MissingFile[]): ReadonlySet<string> {
  return new Set(files.map(pathOf));
}

// Blender gives some paths back with slashes of the computer it runs on.
function pathOf(file: MissingFile): string {
  return file.path.replaceAll('\\', '/');
}

function named(files: readonly MissingFile[]): string {
  const first = files
    .slice(0, MOST_NAMED)
    .map(({ kind, name, path }) => `${path.slice(0, 500)} (${kind} ${name.slice(0, 200)})`);
  const more = files.length - first.length;
  return first.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
