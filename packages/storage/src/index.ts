// Bytes by digest: hash, keep, fetch, place. A blob is checked against its name wherever it arrives.
export * from './describe-file.ts';
export * from './hash-bytes.ts';
export * from './keeper.ts';
export * from './keepers/local-keeper.ts';
export * from './keepers/memory-keeper.ts';
export * from './lock-folder.ts';
export * from './make-folder.ts';
export * from './sync-folder.ts';
export * from './write-verified.ts';
