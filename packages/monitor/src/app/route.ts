/** A page of the monitor. A new page is a new row here and in `page.tsx`. */
export type Route =
  | { readonly page: 'farm' }
  | { readonly page: 'job'; readonly job: string }
  | { readonly page: 'workers' }
  | { readonly page: 'worker'; readonly worker: string }
  | { readonly page: 'history' }
  | { readonly page: 'submit' }
  | { readonly page: 'unknown' };

/**
 * Pages live in the address's hash, so the page works below any prefix, from any static server, and a
 * reload never asks the manager for a path it does not have.
 */
export function routeOf(hash: string): Route {
  const [first = '', second, ...more] = hash.replace(/^#?\/?/, '').split('/');
  if (more.length > 0) return { page: 'unknown' };
  if (first === '' || (first === 'jobs' && !second)) return { page: 'farm' };
  if (first === 'jobs' && second) return { page: 'job', job: decoded(second) };
  if (first === 'workers') return second ? { page: 'worker', worker: decoded(second) } : { page: 'workers' };
  if (first === 'history' && !second) return { page: 'history' };
  if (first === 'submit' && !second) return { page: 'submit' };
  return { page: 'unknown' };
}

export const links = {
  farm: '#/',
  workers: '#/workers',
  submit: '#/submit',
  history: '#/history',
  worker: (id: string) => `#/workers/${encodeURIComponent(id)}`,
  job: (id: string) => `#/jobs/${encodeURIComponent(id)}`,
} as const;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
