// Bytes by digest: hash, keep, fetch, place. A blob is checked against its name wherever it arrives.
export * from './at-most.ts';
export * from './byte-range.ts';
export * from './describe-file.ts';
export * from './each-of.ts';
export * from './hash-bytes.ts';
export * from './keeper.ts';
export * from './keepers/limit-reader.ts';
export * from './keepers/local-keeper.ts';
export * from './keepers/memory-keeper.ts';
export * from './keepers/retry-reader.ts';
export * from './keepers/verify-reader.ts';
export * from './lock-folder.ts';
export * from './make-folder.ts';
export * from './read-blob.ts';
export * from './sync-folder.ts';
export * from './write-verified.ts';
