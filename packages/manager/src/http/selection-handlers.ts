import {
  FarmError,
  formatFrames,
  jobRoutes,
  parseFrames,
  SHEET_PICTURES,
  SPRITE_FRAMES,
} from '@akashganga/protocol';
import type { FrameBoard } from '../schedule/index.ts';
import type { Rooms } from './app.ts';
import { relay } from './relay.ts';
import { type App, serveBytes } from './serve.ts';
import { theFarm } from './the-farm.ts';

/** What is made of many frames of a job at once. The frame server is told which frames those are, and the job's name. */
export function serveSelections(app: App, rooms: Rooms): void {
  serveBytes(app, jobRoutes.zip, async ({ params, query, context }) => {
    const order = { ...query, ...(await namedFrames(rooms, params.job, query.frames)) };
    return relay(
      theFarm(rooms),
      rooms.frames,
      params.job,
      withQuery(`/jobs/${params.job}/zip`, order),
      context,
    );
  });
  serveSmallPictures(app, rooms);
}

// They are made when they are asked for; thumbnails that were lost are made again first.
const DRAWING_SECONDS = 120;

// Of a million frames no more are told to the frame server than it shows.
function serveSmallPictures(app: App, rooms: Rooms): void {
  serveBytes(app, jobRoutes.sheet, async ({ params: { job }, query, context }) => {
    const board = await boardOf(rooms, job);
    const asked = query.frames === undefined ? board.numbers : parseFrames(query.frames);
    const shown = evenSample(asked, SHEET_PICTURES);
    const failed = shown.filter((frame) => {
      const index = board.indexOf(frame);
      return index >= 0 && board.state(index) === 'failed';
    });
    const order = {
      ...{ columns: `${query.columns}`, width: `${query.width}`, asked: `${asked.length}` },
      ...{ frames: formatFrames(shown), failed: formatFrames(failed) },
    };
    const path = withQuery(`/jobs/${job}/sheet`, order);
    return relay(theFarm(rooms), rooms.frames, job, path, context, DRAWING_SECONDS);
  });
  serveBytes(app, jobRoutes.sprite, async ({ params: { job, sprite }, query, context }) => {
    const { numbers } = await boardOf(rooms, job);
    const frames = numbers.subarray(sprite * SPRITE_FRAMES, (sprite + 1) * SPRITE_FRAMES);
    if (frames.length === 0) throw new FarmError('job.no-results', { job });
    const order = { frames: formatFrames(frames), ...(query.version ? { version: query.version } : {}) };
    const path = withQuery(`/jobs/${job}/sprites/${sprite}`, order);
    return relay(theFarm(rooms), rooms.frames, job, path, context, DRAWING_SECONDS);
  });
}

async function boardOf(rooms: Rooms, id: string): Promise<FrameBoard> {
  const farm = theFarm(rooms);
  await farm.ensureJob(id);
  const job = farm.state.jobs.get(id);
  if (!job) throw new FarmError('job.unknown', { job: id });
  if (!job.board) throw new FarmError('job.no-results', { job: id });
  return job.board;
}

/** At most `most` of the numbers, evenly apart, the first and the last among them. */
function evenSample(numbers: Int32Array, most: number): Int32Array {
  if (numbers.length <= most) return numbers;
  return Int32Array.from({ length: most }, (_, at) => {
    const index = Math.round((at * (numbers.length - 1)) / (most - 1));
    return numbers[index] ?? 0;
  });
}

async function namedFrames(rooms: Rooms, id: string, asked: string | undefined) {
  const farm = theFarm(rooms);
  await farm.ensureJob(id);
  const job = farm.state.jobs.get(id);
  if (!job) throw new FarmError('job.unknown', { job: id });
  const frames = asked ?? job.frameSpec;
  if (frames === null) throw new FarmError('job.no-results', { job: id });
  return { frames: formatFrames(parseFrames(frames)), title: job.name };
}

// A long frame spec has many commas, and a request's head has its limits.
function withQuery(path: string, query: Readonly<Record<string, string>>): string {
  return `${path}?${new URLSearchParams(query)}`.replaceAll('%2C', ',');
}
