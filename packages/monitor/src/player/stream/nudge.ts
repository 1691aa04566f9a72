const BEAT_MS = 300;
const REST_MS = 1200;

/**
 * A browser that plays into a piece that was replaced meanwhile stands still before the next picture that needs
 * none before it, though all is there. A seek to where it is wakes it. `picture`: the length of one, in seconds.
 * The answer ends it.
 */
export function keepAwake(video: HTMLVideoElement, picture: number): () => void {
  let nudgedAt = 0;
  let before = -1;
  const timer = setInterval(() => {
    const { currentTime: at } = video;
    const stands = at === before && !video.paused && !video.seeking && !video.ended;
    before = at;
    if (!stands || performance.now() - nudgedAt < REST_MS || !isBuffered(video, at + 1.5 * picture)) return;
    nudgedAt = performance.now();
    video.currentTime = at;
  }, BEAT_MS);
  return () => clearInterval(timer);
}

function isBuffered({ buffered }: HTMLVideoElement, seconds: number): boolean {
  for (let range = 0; range < buffered.length; range += 1)
    if (buffered.start(range) <= seconds && seconds < buffered.end(range)) return true;
  return false;
}
