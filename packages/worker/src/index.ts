// The render client: asks for work, runs Blender, delivers frames.
export { missingLibraries, packagesWith } from './builds/missing-libraries.ts';
export { type FindBlenderOptions, type FoundBlender, findBlender, tryBlender } from './session/index.ts';
export { startWorker, Worker, type WorkerOptions } from './worker.ts';
