// The shared words of the farm: schemas, routes, states, errors and digests. Every other package speaks
// through these and none of them is repeated elsewhere. No I/O happens here.

export * from './blob-sources.ts';
export * from './build.ts';
export * from './choose-blender.ts';
export * from './chunks/cut-point.ts';
export { gearTable } from './chunks/gear-table.ts';
export * from './digest.ts';
export * from './event.ts';
export * from './farm-error.ts';
export * from './film/film.ts';
export * from './film/film-arguments.ts';
export * from './film/film-settings.ts';
export * from './film-containers.ts';
export * from './frame-server.ts';
export * from './frame-set.ts';
export * from './history.ts';
export * from './ids.ts';
export * from './job.ts';
export { GiveOrder, JobChange, JobNeeds, ResourceName } from './job-terms.ts';
export * from './join-code.ts';
export * from './manifest.ts';
export * from './output-name.ts';
export * from './pictures/look-at-picture.ts';
export * from './pictures/promised-pixels.ts';
export * from './preview.ts';
export * from './problem.ts';
export * from './problems.ts';
export * from './route.ts';
export * from './routes/blob-routes.ts';
export * from './routes/build-routes.ts';
export * from './routes/farm-routes.ts';
export * from './routes/frame-server-routes.ts';
export * from './routes/job-routes.ts';
export * from './routes/worker-routes.ts';
export * from './sandbox-report.ts';
export * from './states.ts';
export * from './worker.ts';
