/** A file a person gave to the page: where it lies in the scene (with `/`), and its bytes. */
export interface SceneFile {
  readonly path: string;
  readonly file: Blob;
}

// What Blender, systems and editors leave beside scenes and no scene needs.
const LEFT_OVER =
  /(^|\/)(\.[^/]*|__MACOSX\/.*|Thumbs\.db|Icon\r|desktop\.ini|[^/]*\.blend\d+|[^/]*\.blend@)$/i;

/** Files that belong to a scene: hidden ones, backups of Blender and the like stay behind. */
export function withoutLeftOvers(files: readonly SceneFile[]): SceneFile[] {
  return files.filter(({ path }) => !LEFT_OVER.test(path) && !/(^|\/)(\.git|__MACOSX)\//.test(path));
}

/** The folder that all files lie in is no part of their paths: `shot/a.blend` and `shot/t/b.png` are `a.blend` and `t/b.png`. */
export function withoutCommonFolder(files: readonly SceneFile[]): SceneFile[] {
  let rest = [...files];
  for (;;) {
    const [first] = rest;
    const slash = first?.path.indexOf('/') ?? -1;
    if (!first || slash < 0) return rest;
    const folder = first.path.slice(0, slash + 1);
    if (!rest.every(({ path }) => path.startsWith(folder))) return rest;
    rest = rest.map(({ path, file }) => ({ path: path.slice(folder.length), file }));
  }
}

/** The .blend files that may be the one to open: those least deep first, then by name. */
export function blendsIn(files: readonly SceneFile[]): string[] {
  return files
    .map(({ path }) => path)
    .filter((path) => /\.blend$/i.test(path))
    .sort((a, b) => depthOf(a) - depthOf(b) || a.localeCompare(b));
}

function depthOf(path: string): number {
  return path.split('/').length;
}

export function bytesOf(files: readonly SceneFile[]): number {
  return files.reduce((sum, { file }) => sum + file.size, 0);
}

/** The file's name without its ending, as a job is called. */
export function nameOfScene(path: string): string {
  return (path.split('/').at(-1) ?? path).replace(/\.blend$/i, '').slice(0, 200) || 'scene';
}
