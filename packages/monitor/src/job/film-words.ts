import type { Container, Job } from '@akashganga/protocol';

/** Whether a browser may play a film itself; of all others it plays the preview. */
export function isPlayable(container: Container): boolean {
  // mov and mkv hold what browsers often can decode; whether this one does shows when it tries.
  return ['mp4', 'webm', 'mov', 'mkv'].includes(container);
}

/** The name a film is saved under: the job's, without what file systems refuse. */
export function filmFileName(jobName: string, container: Container): string {
  const safe = jobName
    .replaceAll(/[\p{Cc}\p{Cf}\\/:*?"<>|]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/^[\s.]+|[\s.]+$/g, '')
    .slice(0, 100)
    .trim();
  return `${safe === '' ? 'film' : safe}.${container}`;
}

/** What is to be said of a film that cannot be watched yet; null where there is nothing to say. */
export function filmNews({ film, state }: Pick<Job, 'film' | 'state'>): string | null {
  switch (film.state) {
    case 'waiting':
      return state === 'canceled' || state === 'failed'
        ? null
        : 'The film is made when its frames are complete.';
    case 'encoding':
      return 'The film is being made.';
    case 'failed':
      return 'The film could not be made. The frames are safe.';
    case 'none':
      return film.settings.none === true ? 'No film is made of this job.' : null;
    case 'done':
      return null;
  }
}
