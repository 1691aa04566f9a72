import type { Role } from './access.ts';

/**
 * What a role may do at a route. `all`: whatever the route does. `own`: only with what is its own: an artist's own jobs
 * (or all, with a token that says so), a member's own name, the blobs and jobs of a worker's leases.
 */
export type Right = 'all' | 'own';

/** Who may use a route; a role that is absent may not. `open`: anybody, known or not. */
export type Rights = 'open' | Readonly<Partial<Record<Role, Right>>>;

const people = { admin: 'all', artist: 'all', viewer: 'all' } as const;
const artists = { admin: 'all', artist: 'all' } as const;
const owners = { admin: 'all', artist: 'own' } as const;
const admins = { admin: 'all' } as const;
const worker = { admin: 'all', worker: 'own' } as const;
const frames = { admin: 'all', frames: 'own' } as const;

/**
 * The one table of who may do what, a line for each route of the manager. A route without a line fails a test, and is
 * refused to everybody until it has one. docs/guide/security.md shows it.
 */
export const rights: Readonly<Record<string, Rights>> = {
  'GET /health': 'open',
  'POST /session': 'open',
  'POST /members': 'open',
  'GET /sign-in': 'open',
  'GET /sign-in/begin': 'open',
  'GET /sign-in/return': 'open',
  'GET /shared/{link}': 'open',
  'DELETE /session': people,

  'GET /farm': { ...people, worker: 'all', frames: 'all' },
  'GET /throughput': people,
  'GET /storage': people,
  'GET /limits': people,
  'POST /limits': admins,
  'GET /history': people,
  'GET /events': people,
  'GET /backup': admins,
  'POST /restore': admins,
  'POST /sign-in-codes': people,

  'POST /join-codes': admins,
  'GET /join-codes': admins,
  'DELETE /join-codes/{id}': admins,
  'GET /members': admins,
  'DELETE /members/{id}': admins,
  'GET /shut-out': { admin: 'all', worker: 'all', frames: 'all' },
  'POST /links': people,
  'POST /members/{id}/certificate': { worker: 'own', frames: 'own' },
  'POST /tokens': admins,
  'GET /tokens': admins,
  'DELETE /tokens/{id}': admins,

  'POST /webhooks': admins,
  'GET /webhooks': admins,
  'DELETE /webhooks/{id}': admins,
  'POST /webhooks/{id}/test': admins,
  'GET /webhooks/{id}/postings': admins,

  'POST /jobs': owners,
  'GET /jobs': people,
  'GET /jobs/{job}': { ...people, frames: 'all' },
  'DELETE /jobs/{job}': owners,
  'POST /jobs/{job}/pause': owners,
  'POST /jobs/{job}/resume': owners,
  'POST /jobs/{job}/cancel': owners,
  'POST /jobs/{job}/retry': owners,
  'POST /jobs/{job}/priority': owners,
  'POST /jobs/{job}/change': owners,
  'POST /jobs/{job}/film': owners,
  'GET /jobs/{job}/statistics': people,
  'GET /jobs/{job}/time-line': people,
  'GET /jobs/{job}/frame-times': people,
  'GET /jobs/{job}/frames': people,
  'GET /jobs/{job}/frame-states': people,
  'GET /jobs/{job}/frames/{frame}': people,
  'GET /jobs/{job}/log': people,
  'GET /jobs/{job}/frames/{frame}/live-log': people,
  'GET /jobs/{job}/frames/{frame}/image': people,
  'GET /jobs/{job}/frames/{frame}/outputs': people,
  'GET /jobs/{job}/frames/{frame}/output': people,
  'GET /jobs/{job}/frames/{frame}/thumbnail': people,
  'GET /jobs/{job}/preview': people,
  'GET /jobs/{job}/preview/{piece}': people,
  'GET /jobs/{job}/film': people,
  'GET /jobs/{job}/sheet': people,
  'GET /jobs/{job}/sprites/{sprite}': people,
  'GET /jobs/{job}/zip': people,

  'POST /blobs/missing': { ...artists, worker: 'own' },
  'PUT /blobs/{digest}': { ...artists, worker: 'own' },
  'GET /blobs/{digest}': { ...worker, frames: 'own' },
  'POST /blobs/sources': worker,

  'POST /builds': admins,
  'GET /builds': people,
  'DELETE /builds/{version}': admins,

  'POST /workers': worker,
  'GET /workers': people,
  'GET /workers/{worker}': people,
  'DELETE /workers/{worker}': admins,
  'POST /workers/{worker}/drain': admins,
  'POST /workers/{worker}/wake': admins,
  'POST /workers/{worker}/forgive': admins,
  'POST /workers/{worker}/settings': admins,
  'GET /workers/{worker}/statistics': people,
  'GET /workers/{worker}/load': people,
  'POST /workers/{worker}/work': worker,
  'POST /workers/{worker}/heartbeat': worker,
  'GET /workers/{worker}/deliver-to/{job}': worker,
  'POST /workers/{worker}/updates': worker,

  'POST /frame-servers': frames,
  'DELETE /frame-servers/{frameServer}': admins,
  'POST /frame-servers/{frameServer}/work': frames,
  'POST /frame-servers/{frameServer}/reports': frames,
};

/** Who may use the route; null when the table does not know it. `method` in capitals, `path` below `/api/v1`. */
export function rightsOf(method: string, path: string): Rights | null {
  return rights[`${method} ${path}`] ?? null;
}
