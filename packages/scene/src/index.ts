// What is in a .blend, without Blender: its version, its scenes, and every file it refers to (`references`); where those
// lie on this computer (`collect`); and the tree in which they travel, so that the scene opens elsewhere as if at home
// (`place`).
export * from './collect/collect-scene.ts';
export type { Disk } from './collect/disk-path.ts';
export * from './collect/list-scene.ts';
export * from './place/pack-scene.ts';
export * from './references/read-blend.ts';
export type { Reference, Shape } from './references/reference.ts';
export type { SceneFacts } from './references/scene-facts.ts';
