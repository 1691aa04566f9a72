// The frame server: gathers frames, checks each against its digest and by decoding it, keeps it under a
// human name, makes thumbnails and films, and tells the manager. It starts with what it is given and
// reads no environment.
export { findFfmpeg } from './ffmpeg/find-ffmpeg.ts';
export { knownContainers } from './ffmpeg/known-containers.ts';
export { tryHardware } from './ffmpeg/try-hardware.ts';
export { type FrameServer, type FrameServerOptions, startFrameServer } from './frame-server.ts';
