import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * The first ffmpeg of a search path (the text of `PATH`), or null. On Windows its ending is `.exe`.
 */
export function findFfmpeg(searchPath: string, platform: NodeJS.Platform = process.platform): string | null {
  const file = platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg';
  for (const folder of searchPath.split(delimiter)) {
    const path = join(folder, file);
    if (folder !== '' && isProgram(path)) return path;
  }
  return null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
