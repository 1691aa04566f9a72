// The render client: asks for work, runs Blender, delivers frames.
export { missingLibraries, packagesWith } from './builds/missing-libraries.ts';
export { KeptBytes, type KeptBytesOptions } from './cache/kept-bytes.ts';
export { readCards } from './cards/card-record.ts';
export { CardWorkers } from './cards/card-workers.ts';
export { tryCards } from './cards/try-cards.ts';
export { openSandbox, type Sandbox, type SandboxMode, type SandboxOptions } from './sandbox/index.ts';
export {
  type FailureRule,
  type FindBlenderOptions,
  type FoundBlender,
  findBlender,
  ownRulesFile,
  readOwnRules,
  tryBlender,
} from './session/index.ts';
export type { TrialOptions } from './trials/in-blender.ts';
export { chooseSlots, measureSlots, type SlotRate } from './trials/measure-slots.ts';
export { readSlotRecord, writeSlotRecord } from './trials/slot-record.ts';
export { startWorker, Worker } from './worker.ts';
export type { WorkerOptions } from './worker-options.ts';
