import { z } from 'zod';
import {
  FrameOutputs,
  FrameReceipt,
  FrameServer,
  FrameServerHello,
  GatherReply,
  GatherReports,
  GatherRequest,
} from '../frame-server.ts';
import { FrameInPath, FrameServerId, JobId } from '../ids.ts';
import { ImageQuery } from '../image-view.ts';
import { OutputName } from '../output-name.ts';
import { Preview, PreviewPiecePath, PreviewPieceQuery, PreviewQuery } from '../preview.ts';
import { bytesRoute, jsonRoute } from '../route.ts';
import { SheetOrder, SpriteOrder, SpritePath } from '../sheet.ts';
import { ZipOrder } from '../zip.ts';

const tag = 'frame servers';
const params = z.object({ frameServer: FrameServerId });

/** Served by the manager, called by frame servers. */
export const frameServerRoutes = {
  hello: jsonRoute({
    method: 'post',
    path: '/frame-servers',
    summary: 'A frame server introduces itself',
    tag,
    body: FrameServerHello,
    reply: FrameServer,
  }),
  work: jsonRoute({
    method: 'post',
    path: '/frame-servers/{frameServer}/work',
    summary:
      'The request a frame server keeps open: answered as soon as there is a film to make (25 s at most)',
    tag,
    params,
    body: GatherRequest,
    reply: GatherReply,
  }),
  reports: jsonRoute({
    method: 'post',
    path: '/frame-servers/{frameServer}/reports',
    summary: 'Frames stored and films made; answered when the farm has it on disk',
    tag,
    params,
    body: GatherReports,
    reply: z.object({ accepted: z.number().int() }),
  }),
  remove: jsonRoute({
    method: 'delete',
    path: '/frame-servers/{frameServer}',
    summary: 'Give a frame server up: its unfinished jobs go to another one at once',
    tag,
    params,
    reply: z.object({ moved: z.array(JobId) }),
  }),
};

const deliveryTag = 'frames';
const frameParams = z.object({ job: JobId, frame: FrameInPath });

/** Served by each frame server, called by workers and, through the manager, by people. */
export const deliveryRoutes = {
  deliver: jsonRoute({
    method: 'put',
    path: '/jobs/{job}/frames/{frame}',
    summary: 'Deliver a frame: the bytes as body, the rest in akashganga-* headers',
    tag: deliveryTag,
    params: frameParams,
    reply: FrameReceipt,
  }),
  putOutput: bytesRoute({
    method: 'put',
    path: '/jobs/{job}/frames/{frame}/output',
    summary: 'Deliver a picture that came beside the frame; before the frame itself',
    tag: deliveryTag,
    params: frameParams,
    query: z.object({ name: OutputName }),
    takes: 'application/octet-stream',
  }),
  putOutputs: jsonRoute({
    method: 'put',
    path: '/jobs/{job}/frames/{frame}/outputs',
    summary: 'Say which pictures came beside the frame; refused unless each is stored',
    tag: deliveryTag,
    params: frameParams,
    body: FrameOutputs,
    reply: FrameOutputs,
  }),
  outputs: jsonRoute({
    method: 'get',
    path: '/jobs/{job}/frames/{frame}/outputs',
    summary: 'The pictures that came beside the frame',
    tag: deliveryTag,
    params: frameParams,
    reply: FrameOutputs,
  }),
  output: bytesRoute({
    method: 'get',
    path: '/jobs/{job}/frames/{frame}/output',
    summary: 'One of the pictures that came beside the frame',
    tag: deliveryTag,
    params: frameParams,
    query: z.object({ name: OutputName }),
    gives: 'image/*',
  }),
  putLog: bytesRoute({
    method: 'put',
    path: '/jobs/{job}/frames/{frame}/log',
    summary: 'Deliver what Blender said while it rendered the frame',
    tag: deliveryTag,
    params: frameParams,
    takes: 'text/plain',
  }),
  log: bytesRoute({
    method: 'get',
    path: '/jobs/{job}/frames/{frame}/log',
    summary: 'What Blender said while it rendered the frame',
    tag: deliveryTag,
    params: frameParams,
    gives: 'text/plain',
  }),
  image: bytesRoute({
    method: 'get',
    path: '/jobs/{job}/frames/{frame}/image',
    summary: 'The frame as it was rendered, or a view of it',
    tag: deliveryTag,
    params: frameParams,
    query: ImageQuery,
    gives: 'image/*',
  }),
  thumbnail: bytesRoute({
    method: 'get',
    path: '/jobs/{job}/frames/{frame}/thumbnail',
    summary: 'The frame, small, as WebP',
    tag: deliveryTag,
    params: frameParams,
    gives: 'image/webp',
  }),
  preview: jsonRoute({
    method: 'get',
    path: '/jobs/{job}/preview',
    summary: 'The film as it grows: which pieces there are, and in which version',
    tag: deliveryTag,
    params: z.object({ job: JobId }),
    query: PreviewQuery,
    reply: Preview,
  }),
  previewPiece: bytesRoute({
    method: 'get',
    path: '/jobs/{job}/preview/{piece}',
    summary: 'One piece of the growing film, small, as fragmented MP4; made when it is asked for',
    tag: deliveryTag,
    params: PreviewPiecePath,
    query: PreviewPieceQuery,
    gives: 'video/mp4',
  }),
  film: bytesRoute({
    method: 'get',
    path: '/jobs/{job}/film',
    summary: 'The film; understands Range',
    tag: deliveryTag,
    params: z.object({ job: JobId }),
    gives: 'video/*',
  }),
  sheet: bytesRoute({
    method: 'get',
    path: '/jobs/{job}/sheet',
    summary: 'A contact sheet: small pictures of frames with their numbers, gaps and failed frames marked',
    tag: deliveryTag,
    params: z.object({ job: JobId }),
    query: SheetOrder,
    gives: 'image/jpeg',
  }),
  sprite: bytesRoute({
    method: 'get',
    path: '/jobs/{job}/sprites/{sprite}',
    summary: 'A hundred frames as ten rows of ten small pictures, made when it is asked for',
    tag: deliveryTag,
    params: SpritePath,
    query: SpriteOrder,
    gives: 'image/webp',
  }),
  zip: bytesRoute({
    method: 'get',
    path: '/jobs/{job}/zip',
    summary: 'A selection of the job as a zip, with SHA256SUMS, and MISSING.txt if something is not there',
    tag: deliveryTag,
    params: z.object({ job: JobId }),
    query: ZipOrder,
    gives: 'application/zip',
  }),
};
