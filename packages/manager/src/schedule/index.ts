// The heart: decides which frames go to which worker and what becomes of them. Pure: see `step.ts`.
export * from './command.ts';
export * from './farm-state.ts';
export * from './frame-board.ts';
export * from './fresh.ts';
export * from './job-head.ts';
export { leaseTerms } from './leases.ts';
export { byTurn } from './order/ready-jobs.ts';
export * from './outcome.ts';
export { showLimits, takeResources } from './resources.ts';
export * from './show.ts';
export * from './step.ts';
export { buildKey } from './which-blender.ts';
