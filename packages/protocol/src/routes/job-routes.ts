import { z } from 'zod';
import { FilmWish } from '../film/film.ts';
import { FrameOutputs } from '../frame-server.ts';
import { Statistic } from '../history.ts';
import { FrameInPath, FrameNumber, JobId } from '../ids.ts';
import { ImageQuery } from '../image-view.ts';
import { Frame, FrameRun, Job, NewJob, ShownAttempt } from '../job.ts';
import { JobChange } from '../job-terms.ts';
import { LiveLog, LiveLogQuery } from '../live-log.ts';
import { OutputName } from '../output-name.ts';
import { Preview, PreviewPiecePath, PreviewPieceQuery, PreviewQuery } from '../preview.ts';
import { bytesRoute, jsonRoute } from '../route.ts';
import { SheetQuery, SpritePath, SpriteQuery } from '../sheet.ts';
import { JobState } from '../states.ts';
import { FrameTimes, FrameTimesQuery, TimeLine, TimeLineQuery } from '../time-line.ts';
import { ZipQuery } from '../zip.ts';

const tag = 'jobs';
const params = z.object({ job: JobId });
const frameParams = z.object({ job: JobId, frame: FrameInPath });

export const jobRoutes = {
  submit: jsonRoute({
    method: 'post',
    path: '/jobs',
    summary: 'Submit a job; its scene’s blobs must be there',
    tag,
    body: NewJob,
    reply: Job,
  }),
  list: jsonRoute({
    method: 'get',
    path: '/jobs',
    summary: 'Jobs, the newest first',
    tag,
    query: z.object({
      state: JobState.optional(),
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      before: z.coerce.number().int().optional().meta({ description: 'Only jobs created before this time' }),
    }),
    reply: z.object({ jobs: z.array(Job), more: z.boolean() }),
  }),
  get: jsonRoute({ method: 'get', path: '/jobs/{job}', summary: 'One job', tag, params, reply: Job }),
  delete: jsonRoute({
    method: 'delete',
    path: '/jobs/{job}',
    summary: 'Cancel a job if need be, and forget it with its frames and film',
    tag,
    params,
    reply: z.object({ deleted: z.literal(true) }),
  }),
  pause: jsonRoute({
    method: 'post',
    path: '/jobs/{job}/pause',
    summary: 'Hand out no more frames; with `now`, also stop those under way',
    tag,
    params,
    query: z.object({ now: z.enum(['true', 'false']).optional() }),
    reply: Job,
  }),
  resume: jsonRoute({
    method: 'post',
    path: '/jobs/{job}/resume',
    summary: 'Go on',
    tag,
    params,
    reply: Job,
  }),
  cancel: jsonRoute({
    method: 'post',
    path: '/jobs/{job}/cancel',
    summary: 'Stop for good; done frames stay',
    tag,
    params,
    reply: Job,
  }),
  retry: jsonRoute({
    method: 'post',
    path: '/jobs/{job}/retry',
    summary: 'Render failed and canceled frames again, or the frames given',
    tag,
    params,
    body: z.object({ frames: z.string().max(10_000).nullable() }),
    reply: Job,
  }),
  remakeFilm: jsonRoute({
    method: 'post',
    path: '/jobs/{job}/film',
    summary: 'Make the film of a finished job again, in another way; nothing is rendered',
    tag,
    params,
    body: FilmWish,
    reply: Job,
  }),
  priority: jsonRoute({
    method: 'post',
    path: '/jobs/{job}/priority',
    summary: 'Change the priority',
    tag,
    params,
    body: z.object({ priority: z.number().int().min(0).max(100) }),
    reply: Job,
  }),
  change: jsonRoute({
    method: 'post',
    path: '/jobs/{job}/change',
    summary: 'Change priority, tags, needs, limits or start of a job, also while it runs',
    tag,
    params,
    body: JobChange,
    reply: Job,
  }),
  statistics: jsonRoute({
    method: 'get',
    path: '/jobs/{job}/statistics',
    summary: 'What each worker did for a job',
    tag,
    params,
    reply: z.object({ workers: z.array(Statistic) }),
  }),
  timeLine: jsonRoute({
    method: 'get',
    path: '/jobs/{job}/time-line',
    summary:
      'Where the time of a job went: its attempts by worker, or how busy workers were when there are many',
    tag,
    params,
    query: TimeLineQuery,
    reply: TimeLine,
  }),
  frameTimes: jsonRoute({
    method: 'get',
    path: '/jobs/{job}/frame-times',
    summary: 'What frames took and held in memory, neighbours together',
    tag,
    params,
    query: FrameTimesQuery,
    reply: FrameTimes,
  }),
  frames: jsonRoute({
    method: 'get',
    path: '/jobs/{job}/frames',
    summary: 'Frames by number, a page at a time',
    tag,
    params,
    query: z.object({
      from: z.coerce.number().int().optional(),
      limit: z.coerce.number().int().min(1).max(10_000).default(1000),
    }),
    reply: z.object({ frames: z.array(Frame), more: z.boolean() }),
  }),
  frameStates: jsonRoute({
    method: 'get',
    path: '/jobs/{job}/frame-states',
    summary: 'The states of all frames, ascending, in runs: a million frames in one request',
    tag,
    params,
    query: z.object({
      from: z.coerce.number().int().optional(),
      limit: z.coerce.number().int().min(1).max(100_000).default(100_000),
    }),
    reply: z.object({
      runs: z.array(FrameRun),
      next: FrameNumber.nullable().meta({ description: 'Ask again `from` here; null when these are all' }),
    }),
  }),
  frame: jsonRoute({
    method: 'get',
    path: '/jobs/{job}/frames/{frame}',
    summary: 'One frame with its attempts',
    tag,
    params: frameParams,
    reply: z.object({ frame: Frame, attempts: z.array(ShownAttempt) }),
  }),
  log: bytesRoute({
    method: 'get',
    path: '/jobs/{job}/log',
    summary: 'What failed attempts said, or one frame’s log',
    tag,
    params,
    query: z.object({ frame: FrameNumber.optional() }),
    gives: 'text/plain',
  }),
  liveLog: jsonRoute({
    method: 'get',
    path: '/jobs/{job}/frames/{frame}/live-log',
    summary: 'What Blender says of a frame that is being rendered; ask again each second to follow it',
    tag,
    params: frameParams,
    query: LiveLogQuery,
    reply: LiveLog,
  }),
  image: bytesRoute({
    method: 'get',
    path: '/jobs/{job}/frames/{frame}/image',
    summary: 'A finished frame as it was rendered, or an OpenEXR frame as a view of it',
    tag,
    params: frameParams,
    query: ImageQuery,
    gives: 'image/*',
  }),
  outputs: jsonRoute({
    method: 'get',
    path: '/jobs/{job}/frames/{frame}/outputs',
    summary: 'Pictures that came beside a finished frame: File Output nodes, stereo views',
    tag,
    params: frameParams,
    reply: FrameOutputs,
  }),
  output: bytesRoute({
    method: 'get',
    path: '/jobs/{job}/frames/{frame}/output',
    summary: 'One of the pictures that came beside a finished frame',
    tag,
    params: frameParams,
    query: z.object({ name: OutputName }),
    gives: 'image/*',
  }),
  thumbnail: bytesRoute({
    method: 'get',
    path: '/jobs/{job}/frames/{frame}/thumbnail',
    summary: 'A finished frame, small, as WebP',
    tag,
    params: frameParams,
    gives: 'image/webp',
  }),
  preview: jsonRoute({
    method: 'get',
    path: '/jobs/{job}/preview',
    summary: 'The film as it grows: which pieces there are, and in which version',
    tag,
    params,
    query: PreviewQuery,
    reply: Preview,
  }),
  previewPiece: bytesRoute({
    method: 'get',
    path: '/jobs/{job}/preview/{piece}',
    summary: 'One piece of the growing film, small, as fragmented MP4; made when it is asked for',
    tag,
    params: PreviewPiecePath,
    query: PreviewPieceQuery,
    gives: 'video/mp4',
  }),
  film: bytesRoute({
    method: 'get',
    path: '/jobs/{job}/film',
    summary: 'The finished film; understands Range',
    tag,
    params,
    gives: 'video/*',
  }),
  sheet: bytesRoute({
    method: 'get',
    path: '/jobs/{job}/sheet',
    summary: 'A contact sheet: small pictures of frames with their numbers, gaps and failed frames marked',
    tag,
    params,
    query: SheetQuery,
    gives: 'image/jpeg',
  }),
  sprite: bytesRoute({
    method: 'get',
    path: '/jobs/{job}/sprites/{sprite}',
    summary: 'A hundred frames as ten rows of ten small pictures, made when it is asked for',
    tag,
    params: SpritePath,
    query: SpriteQuery,
    gives: 'image/webp',
  }),
  zip: bytesRoute({
    method: 'get',
    path: '/jobs/{job}/zip',
    summary: 'Frames, outputs and film as a zip, with SHA256SUMS, and MISSING.txt if something is not there',
    tag,
    params,
    query: ZipQuery,
    gives: 'application/zip',
  }),
};
