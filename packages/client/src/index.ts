// The protocol over HTTP: typed calls, retries that wait out what waiting can mend, event streams that
// resume, and blobs in both directions.
export * from './blobs-over-http.ts';
export * from './farm-client.ts';
export * from './follow-events.ts';
export * from './retry.ts';
export { connectorFor, fetchThrough } from './secure-link.ts';
export * from './shut-out.ts';
export * from './transfer-blobs.ts';
export * from './whole-or-cut.ts';
