import { FarmError } from '@akashganga/protocol';
import type { Need } from '@akashganga/scene';
import type { Talk } from '../output/talk.ts';
import { countWords, plain, sizeWords } from '../output/words.ts';
import type { LocalScene } from './read-scene.ts';

const MOST_NAMED = 10;

/** `scene.missing-file` with the first files that are missing, and who needs them. */
export function missingSceneFile(missing: readonly Need[]): FarmError {
  const files = missing.slice(0, MOST_NAMED).map(({ kind, name, path }) => `${path} (${kind} ${name})`);
  return new FarmError('scene.missing-file', { count: missing.length, files });
}

/** Tells what will be sent, and what is not there. */
export function sayScene(scene: LocalScene, talk: Talk): void {
  const { missing, missingInLibraries } = scene.list;
  const absent = missing.length > 0 ? `; ${missing.length} missing` : '';
  talk.say(`The scene has ${countWords(scene.fileCount, 'file')}, ${sizeWords(scene.bytes)}${absent}.`);
  if (scene.rewritten > 0)
    talk.say(
      `${countWords(scene.rewritten, '.blend file')} will travel as ${scene.rewritten === 1 ? 'a copy' : 'copies'} with paths that lead to the files sent along.`,
    );
  for (const line of missingLines(missing)) talk.say(line);
  if (missingInLibraries.length === 0) return;
  talk.say('Not found, named in libraries; the farm asks Blender whether the scene needs them:');
  for (const line of missingLines(missingInLibraries)) talk.say(line);
}

/** One line for each of the first, and one for the rest. */
export function missingLines(missing: readonly Need[], most = MOST_NAMED): string[] {
  const lines = missing
    .slice(0, most)
    .map((one) => `  missing: ${plain(one.path)} (${one.kind} ${plain(one.name)}, in ${plain(one.blend)})`);
  const more = missing.length - lines.length;
  return more > 0 ? [...lines, `  … and ${more} more (akashganga scene FILE lists all)`] : lines;
}
