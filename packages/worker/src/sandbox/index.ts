// A scene can carry programs, and turning scripts off does not stop all of them. So Blender runs enclosed: it sees the
// build, the scene and two folders of its own, reaches nothing else, and cannot take more than its share.

export type { Enclosing, Enclosure } from './enclosure.ts';
export { openSandbox, type Sandbox, type SandboxMode, type SandboxOptions } from './open-sandbox.ts';
export { takeFile } from './take-file.ts';
export { graphicsDevices } from './view.ts';
