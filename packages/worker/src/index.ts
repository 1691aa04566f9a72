// The render client: asks for work, runs Blender, delivers frames.
export { type FindBlenderOptions, type FoundBlender, findBlender } from './session/index.ts';
export { startWorker, Worker, type WorkerOptions } from './worker.ts';
