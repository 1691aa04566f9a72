import { listScene, type SceneFacts } from '@akashganga/scene';
import { countWords, plain, tableText } from '../output/words.ts';
import { missingLines } from '../scene/missing-words.ts';
import { openScene } from '../scene/read-scene.ts';
import type { CommandContext } from './common-flags.ts';

/** `scene FILE`: what a .blend is and what it needs, without Blender and without a farm. Exit code 1 if files are missing. */
export async function scene(path: string, context: CommandContext, signal: AbortSignal): Promise<number> {
  const { talk } = context;
  const collected = await openScene(path, signal);
  const [entry, ...libraries] = collected.blends;
  const { contents } = entry;
  const { found, missing, missingInLibraries } = listScene(collected);
  const files = [...found].map(([place, need]) => ({ place, ...need }));
  talk.fact({
    path: entry.place,
    blender: contents.header.blender,
    activeScene: contents.activeScene,
    scenes: contents.scenes,
    libraries: libraries.map(({ place }) => place),
    unreadable: collected.unreadable,
    files,
    missing,
    missingInLibraries,
  });
  const rows = [['Blender', contents.header.blender]];
  for (const one of contents.scenes)
    rows.push([one.name === contents.activeScene ? 'Scene *' : 'Scene', sceneWords(one)]);
  rows.push(['Files', `${countWords(files.length, 'file')} besides the scene, ${missing.length} missing`]);
  talk.answer(tableText(rows));
  for (const file of files) talk.answer(`  ${plain(file.place)} (${file.kind} ${plain(file.name)})`);
  for (const one of collected.unreadable) talk.answer(`  not read: ${plain(one.why)}`);
  for (const line of missingLines([...missing, ...missingInLibraries], Number.POSITIVE_INFINITY))
    talk.answer(line);
  return missing.length > 0 ? 1 : 0;
}

function sceneWords(one: SceneFacts): string {
  const [width, height] = [one.width, one.height].map((pixels) => Math.floor((pixels * one.percent) / 100));
  const step = one.frameStep > 1 ? `x${one.frameStep}` : '';
  const rate = (one.fps / one.fpsBase).toFixed(3).replace(/\.?0+$/, '');
  return `${one.name}: frames ${one.frameStart}-${one.frameEnd}${step}, ${rate} fps, ${width}x${height}, ${one.engine ?? 'an engine of old'}, ${one.camera ? `camera ${one.camera}` : 'no camera'}`;
}
