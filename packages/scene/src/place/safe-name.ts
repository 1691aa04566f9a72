import { ScenePath } from '@akashganga/protocol';

/**
 * A name that every platform takes. Characters are replaced one by one, so that what was a sequence or a set of tiles
 * still is one.
 */
export function safeName(name: string): string {
  const plain = name.replace(/[\p{Cc}\p{Cs}\\:*?"<>|]/gu, '_').replace(/[. ]$/, '_');
  if (ScenePath.safeParse(plain).success) return plain;
  const apart = `_${plain}`;
  return ScenePath.safeParse(apart).success ? apart : 'unnamed';
}

/** As `safeName`, for the name of a set of tiles: its mark stays. */
export function safePattern(name: string): string {
  const parts = /^(.*)(<UDIM>|<UVTILE>)(.*)$/s.exec(name);
  if (!parts) return safeName(name);
  const [, head = '', mark = '', tail = ''] = parts;
  // The mark stands for digits or letters, which change nothing around them.
  const safe = safeName(`${head}1${tail}`);
  const at = head.length + (safe.length - head.length - 1 - tail.length);
  return `${safe.slice(0, at)}${mark}${safe.slice(at + 1)}`;
}

export function safePath(path: string): string {
  return path.split('/').map(safeName).join('/');
}
