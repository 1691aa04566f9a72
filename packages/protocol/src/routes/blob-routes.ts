import { z } from 'zod';
import { SourcesReply, SourcesRequest } from '../blob-sources.ts';
import { Digest } from '../digest.ts';
import { bytesRoute, jsonRoute } from '../route.ts';

const tag = 'blobs';
const params = z.object({ digest: Digest });

export const blobRoutes = {
  missing: jsonRoute({
    method: 'post',
    path: '/blobs/missing',
    summary: 'Which of these blobs does the farm lack?',
    tag,
    body: z.object({ digests: z.array(Digest).max(100_000) }),
    reply: z.object({ missing: z.array(Digest) }),
  }),
  put: bytesRoute({
    method: 'put',
    path: '/blobs/{digest}',
    summary: 'Send a blob; kept only if it is what its name says. Only a manifest may be larger than 4 MiB',
    tag,
    params,
    query: z.object({ kind: z.literal('manifest').optional() }),
    takes: 'application/octet-stream',
  }),
  get: bytesRoute({
    method: 'get',
    path: '/blobs/{digest}',
    summary: 'Fetch a blob; understands Range',
    tag,
    params,
    gives: 'application/octet-stream',
  }),
  sources: jsonRoute({
    method: 'post',
    path: '/blobs/sources',
    summary:
      'A worker says what it newly has and asks where to fetch what it lacks: which workers, or the manager',
    tag,
    body: SourcesRequest,
    reply: SourcesReply,
  }),
};
