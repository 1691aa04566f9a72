import type { Job } from '@akashganga/protocol';
import { makeKeyPair } from '@akashganga/trust';

/** A body that is taken, for each route that has one; those that come later are made of these. */
export function firstBodies(
  job: Job,
  worker: string,
  frameServer: string,
  secret: string,
): [string, object][] {
  const { manifest } = job.scene;
  const [boot, lease, at] = ['b-0001', 'l-000000001', { job: job.id, frame: 1 }];
  const problem = { code: 'render.failed', says: 'It failed.' };
  const fewest = { name: 'A job', submitter: 'anna', scene: job.scene, frames: '1-3', settings: {} };
  const terms = {
    tags: ['night'],
    uses: ['licence'],
    maxSlots: 2,
    needs: { cores: 1, memory: 1e6 },
    afterTime: 1,
  };
  const hello = { boot, name: 'A computer', version: '0.1.0' };
  const { publicKey } = makeKeyPair();
  const failed = { kind: 'frame-failed', ...at, lease, problem, seconds: 1, memory: 1e6, log: 'Fra:1' };
  const updates = [
    { ...failed, seq: 1 },
    { kind: 'probed', seq: 2, lease, report: job.probe },
    { kind: 'probe-failed', seq: 3, lease, problem },
    { kind: 'lease-returned', seq: 4, lease, frames: '1-2' },
    { kind: 'kept-frames', seq: 5, job: job.id, frames: '1-3' },
  ];
  const stored = { digest: manifest, size: 100, lease: null, worker: null, seconds: 1, memory: 1 };
  const reports = [
    { kind: 'frame', ...at, ...stored },
    {
      kind: 'film',
      job: job.id,
      container: 'mp4',
      digest: manifest,
      size: 100,
      frames: 3,
      notes: ['Short.'],
    },
    { kind: 'film-failed', job: job.id, problem },
    { kind: 'forgotten', job: job.id },
  ];
  const blenders = [{ version: '3.4.1', path: '/usr/bin/blender' }];
  const slots = [{ slot: 0, state: 'rendering', ...at, lease, fraction: 0.5, memory: 1e6 }];
  const sources = { worker, boot, port: 9, wants: [manifest], most: 2, has: [manifest], gone: [], avoid: [] };
  return [
    ['POST /jobs', fewest],
    ['POST /jobs', { ...fewest, ...terms, order: 'coarse', chunk: 2, film: { quality: 10 }, paused: true }],
    ['POST /jobs', { ...fewest, frames: null, afterJob: job.id, lookFirst: true, container: 'mkv', fps: 24 }],
    ['POST /jobs/{job}/change', { ...terms, priority: 60, afterJob: null }],
    ['POST /jobs/{job}/film', { container: 'mkv', fps: null, film: {} }],
    ['POST /jobs/{job}/retry', { frames: '1-2' }],
    ['POST /jobs/{job}/priority', { priority: 3 }],
    [
      'POST /workers',
      { ...hello, id: worker, platform: 'linux-x64', cores: 4, memory: 1e9, slots: 2, blenders },
    ],
    ['POST /workers/{worker}/heartbeat', { boot, slots, delivering: [{ ...at, lease }], problem }],
    ['POST /workers/{worker}/work', { boot, holding: [{ lease, left: 1 }], want: 2, idle: 2 }],
    ...updates.map((update): [string, object] => [
      'POST /workers/{worker}/updates',
      { boot, updates: [update] },
    ]),
    ['POST /workers/{worker}/settings', { tags: ['x'], sleep: 'mon-fri 8:00-18:00', maxJobs: 2 }],
    [
      'POST /frame-servers',
      { ...hello, id: frameServer, url: null, port: 9, containers: ['mp4'], freeBytes: 1e9 },
    ],
    ['POST /frame-servers/{frameServer}/work', { boot, encoding: [], freeBytes: 1e9 }],
    ...reports.map((one): [string, object] => [
      'POST /frame-servers/{frameServer}/reports',
      { boot, reports: [one] },
    ]),
    ['POST /limits', { name: 'licence', most: 2 }],
    ['POST /tokens', { role: 'artist', name: 'otto', expiresSeconds: 600 }],
    ['POST /join-codes', { for: 'worker', uses: 2 }],
    ['POST /members', { secret, name: 'Another', publicKey, id: null }],
    ['POST /members/{id}/certificate', { publicKey }],
    [
      'POST /builds',
      { version: '4.2.1', platform: 'linux-x64', manifest, entry: 'scene.blend', origin: 'folder' },
    ],
    ['POST /blobs/missing', { digests: [manifest] }],
    ['POST /blobs/sources', sources],
    ['PUT /jobs/{job}/frames/{frame}/outputs', { outputs: [] }],
  ];
}
