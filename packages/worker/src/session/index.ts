// A session is a resident Blender process with one scene loaded, told over private pipes which frame to render next.
// It never trusts Blender's exit code: a frame counts when its file is there. Checking the picture is delivery's work.

export type { SceneSettings } from './driver-events.ts';
export type { FailureRule } from './failures/failure-rule.ts';
export { ownRulesFile, parseOwnRules, readOwnRules } from './failures/read-own-rules.ts';
export { Recogniser } from './failures/recognise.ts';
export { requireFiles } from './frame-file.ts';
export {
  driverFolder,
  isAllowedBy,
  openSession,
  openWaiting,
  type SessionEnclosure,
  type SessionOptions,
} from './open-session.ts';
export { type BlenderCommand, blenderCommand } from './process/blender-command.ts';
export {
  type FindBlenderOptions,
  type FoundBlender,
  findBlender,
  tryBlender,
} from './process/find-blender.ts';
export type { Session } from './session.ts';
export type { FrameProgress, RenderedFrame, RenderRequest } from './session-words.ts';
export { MemoryGuard } from './watch/memory-guard.ts';
