import type {
  Change,
  FarmSummary,
  FilmWish,
  Frame,
  FrameRun,
  FrameTimes,
  Job,
  Limit,
  LiveLog,
  NewJobInput,
  Preview,
  PreviewCodec,
  ShownAttempt,
  Statistic,
  Storage,
  Throughput,
  TimeLine,
  Worker,
  WorkerLoad,
  WorkerSettings,
} from '@akashganga/protocol';
import { apiUrl, call, callForBytes, callForHead, callForText, Refusal } from './call.ts';

// The requests this page makes, by the names of the protocol's routes.

export interface SignInWays {
  service: string | null;
  refused: { code: string; says: string } | null;
}

export interface JobPage {
  jobs: Job[];
  more: boolean;
}

export interface FramePage {
  frames: Frame[];
  more: boolean;
}

export interface StatePage {
  runs: FrameRun[];
  next: number | null;
}

export interface FrameHistory {
  frame: Frame;
  attempts: ShownAttempt[];
}

const job = (id: string) => `/jobs/${encodeURIComponent(id)}`;
const frame = (id: string, number: number) => `${job(id)}/frames/${number}`;
const worker = (id: string) => `/workers/${encodeURIComponent(id)}`;

export const farmApi = {
  signIn: (proof: { key: string } | { code: string }) => call<{ ok: true }>('POST', '/session', proof),
  signInWays: (signal?: AbortSignal) => call<SignInWays>('GET', '/sign-in', undefined, signal),
  signOut: () => call<{ ok: true }>('DELETE', '/session'),
  summary: (signal?: AbortSignal) => call<FarmSummary>('GET', '/farm', undefined, signal),

  jobs: (limit: number, before?: number, signal?: AbortSignal) =>
    call<JobPage>(
      'GET',
      `/jobs?limit=${limit}${before === undefined ? '' : `&before=${before}`}`,
      undefined,
      signal,
    ),
  submit: (job: NewJobInput) => call<Job>('POST', '/jobs', job),
  job: (id: string, signal?: AbortSignal) => call<Job>('GET', job(id), undefined, signal),
  remakeFilm: (id: string, wish: FilmWish) => call<Job>('POST', `${job(id)}/film`, wish),
  pause: (id: string) => call<Job>('POST', `${job(id)}/pause`),
  resume: (id: string) => call<Job>('POST', `${job(id)}/resume`),
  cancel: (id: string) => call<Job>('POST', `${job(id)}/cancel`),
  retry: (id: string, frames: string | null) => call<Job>('POST', `${job(id)}/retry`, { frames }),
  priority: (id: string, priority: number) => call<Job>('POST', `${job(id)}/priority`, { priority }),
  deleteJob: (id: string) => call<{ deleted: true }>('DELETE', job(id)),

  frames: (id: string, from: number | null, limit: number, signal?: AbortSignal) =>
    call<FramePage>(
      'GET',
      `${job(id)}/frames?limit=${limit}${from === null ? '' : `&from=${from}`}`,
      undefined,
      signal,
    ),
  frameStates: (id: string, from: number | null, signal?: AbortSignal) =>
    call<StatePage>(
      'GET',
      `${job(id)}/frame-states${from === null ? '' : `?from=${from}`}`,
      undefined,
      signal,
    ),
  timeLine: (
    id: string,
    wish: { window: { from: number; to: number } | null; after: string | null; columns: number },
    signal: AbortSignal,
  ) => {
    const query = new URLSearchParams({ columns: `${wish.columns}` });
    if (wish.window) query.set('from', `${wish.window.from}`);
    if (wish.window) query.set('to', `${wish.window.to}`);
    if (wish.after !== null) query.set('after', wish.after);
    return call<TimeLine>('GET', `${job(id)}/time-line?${query}`, undefined, signal);
  },
  frameTimes: (id: string, signal: AbortSignal) =>
    call<FrameTimes>('GET', `${job(id)}/frame-times`, undefined, signal),
  frame: (id: string, number: number, signal?: AbortSignal) =>
    call<FrameHistory>('GET', frame(id, number), undefined, signal),

  /** What Blender said of a frame; empty while nothing is known. */
  log: (id: string, number: number, signal: AbortSignal) =>
    callForText(`${job(id)}/log?frame=${number}`, signal).catch((error: unknown) => {
      if (error instanceof Refusal && error.code === 'frame.not-done') return '';
      throw error;
    }),
  /** The log of a frame under way, without the first `after` lines of that attempt. */
  liveLog: (id: string, number: number, lease: string | null, after: number, signal: AbortSignal) =>
    call<LiveLog>(
      'GET',
      `${frame(id, number)}/live-log?after=${after}${lease === null ? '' : `&lease=${encodeURIComponent(lease)}`}`,
      undefined,
      signal,
    ),
  /** The layers of an OpenEXR frame, as the head of a view of it tells them. */
  layers: async (id: string, number: number, signal: AbortSignal): Promise<string[]> => {
    const answer = await callForHead(`${frame(id, number)}/image?exposure=0`, signal);
    const list = answer.get('akashganga-layers') ?? '';
    return list === '' ? [] : list.split(',').map(decodeURIComponent);
  },

  sprite: (id: string, number: number, signal: AbortSignal) =>
    callForBytes(`${job(id)}/sprites/${number}`, signal),
  preview: (id: string, from: number, count: number, codec: PreviewCodec, signal: AbortSignal) =>
    call<Preview>('GET', `${job(id)}/preview?from=${from}&count=${count}&codec=${codec}`, undefined, signal),
  previewPiece: (
    id: string,
    { piece, version }: { piece: number; version: string },
    codec: PreviewCodec,
    signal: AbortSignal,
  ) => callForBytes(`${job(id)}/preview/${piece}?version=${version}&codec=${codec}`, signal),

  workers: (signal?: AbortSignal) => call<{ workers: Worker[] }>('GET', '/workers', undefined, signal),
  drain: (id: string) => call<Worker>('POST', `${worker(id)}/drain`),
  wake: (id: string) => call<Worker>('POST', `${worker(id)}/wake`),
  forgive: (id: string) => call<Worker>('POST', `${worker(id)}/forgive`),
  setWorker: (id: string, settings: Partial<WorkerSettings>) =>
    call<Worker>('POST', `${worker(id)}/settings`, settings),
  workerStatistics: (id: string, signal?: AbortSignal) =>
    call<{ jobs: Statistic[] }>('GET', `${worker(id)}/statistics`, undefined, signal),
  workerLoad: (id: string, signal?: AbortSignal) =>
    call<WorkerLoad>('GET', `${worker(id)}/load`, undefined, signal),
  jobStatistics: (id: string, signal?: AbortSignal) =>
    call<{ workers: Statistic[] }>('GET', `${job(id)}/statistics`, undefined, signal),
  history: (limit: number, signal?: AbortSignal) =>
    call<{ changes: Change[] }>('GET', `/history?limit=${limit}`, undefined, signal),
  throughput: (signal?: AbortSignal) => call<Throughput>('GET', '/throughput', undefined, signal),
  storage: (signal?: AbortSignal) => call<Storage>('GET', '/storage', undefined, signal),
  limits: (signal?: AbortSignal) => call<{ limits: Limit[] }>('GET', '/limits', undefined, signal),
  setLimit: (name: string, most: number | null) =>
    call<{ limits: Limit[] }>('POST', '/limits', { name, most }),
  removeWorker: (id: string) => call<{ deleted: true }>('DELETE', worker(id)),
};

/** Addresses of things that are shown rather than asked for. */
export const farmFiles = {
  /** Where the farm sends a browser on to its sign-in service. */
  beginSignIn: () => apiUrl('/sign-in/begin'),
  events: () => apiUrl('/events'),
  thumbnail: (id: string, number: number) => apiUrl(`${frame(id, number)}/thumbnail`),
  image: (id: string, number: number) => apiUrl(`${frame(id, number)}/image`),
  view: (id: string, number: number, { exposure, layer }: { exposure: number; layer: string | null }) =>
    apiUrl(
      `${frame(id, number)}/image?exposure=${exposure}${layer === null ? '' : `&layer=${encodeURIComponent(layer)}`}`,
    ),
  log: (id: string, number: number) => apiUrl(`${job(id)}/log?frame=${number}`),
  film: (id: string) => apiUrl(`${job(id)}/film`),
  /** `frames`: a frame spec; null: all of them. */
  zip: (id: string, what: readonly ('frames' | 'outputs' | 'film')[], frames: string | null) =>
    apiUrl(
      `${job(id)}/zip?what=${what.join(',')}${frames === null ? '' : `&frames=${encodeURIComponent(frames)}`}`,
    ),
};
