/** A page of the monitor. A new page is a new row here and in `page.tsx`. */
export type Route =
  | { readonly page: 'farm' }
  | { readonly page: 'job'; readonly job: string }
  | { readonly page: 'frame'; readonly job: string; readonly frame: number; readonly other: number | null }
  | { readonly page: 'workers' }
  | { readonly page: 'worker'; readonly worker: string }
  | { readonly page: 'whole-farm' }
  | { readonly page: 'history' }
  | { readonly page: 'people' }
  | { readonly page: 'submit' }
  | { readonly page: 'unknown' };

/**
 * Pages live in the address's hash, so the page works below any prefix, from any static server, and a
 * reload never asks the manager for a path it does not have.
 */
export function routeOf(hash: string): Route {
  const [first = '', second, ...more] = hash.replace(/^#?\/?/, '').split('/');
  if (first === 'jobs' && second && more[0] === 'frames') return frameRoute(decoded(second), more.slice(1));
  if (more.length > 0) return { page: 'unknown' };
  if (first === '' || (first === 'jobs' && !second)) return { page: 'farm' };
  if (first === 'jobs' && second) return { page: 'job', job: decoded(second) };
  if (first === 'workers') return second ? { page: 'worker', worker: decoded(second) } : { page: 'workers' };
  if (first === 'farm' && !second) return { page: 'whole-farm' };
  if (first === 'history' && !second) return { page: 'history' };
  if (first === 'people' && !second) return { page: 'people' };
  if (first === 'submit' && !second) return { page: 'submit' };
  return { page: 'unknown' };
}

// `12` is a frame, `12/with/24` two that are compared.
function frameRoute(job: string, [frame, word, other, ...more]: readonly string[]): Route {
  const isPair = word === 'with' && isFrame(other);
  if (!isFrame(frame) || more.length > 0 || (word !== undefined && !isPair)) return { page: 'unknown' };
  return { page: 'frame', job, frame: Number(frame), other: isPair ? Number(other) : null };
}

function isFrame(text: string | undefined): text is string {
  return text !== undefined && /^-?\d{1,7}$/.test(text);
}

export const links = {
  farm: '#/',
  workers: '#/workers',
  submit: '#/submit',
  wholeFarm: '#/farm',
  history: '#/history',
  people: '#/people',
  worker: (id: string) => `#/workers/${encodeURIComponent(id)}`,
  job: (id: string) => `#/jobs/${encodeURIComponent(id)}`,
  frame: (id: string, frame: number, other: number | null = null) =>
    `#/jobs/${encodeURIComponent(id)}/frames/${frame}${other === null ? '' : `/with/${other}`}`,
} as const;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
