import { z } from 'zod';
import { BlenderVersion, Build, NewBuild, Platform } from '../build.ts';
import { jsonRoute } from '../route.ts';

const tag = 'builds';

export const buildRoutes = {
  add: jsonRoute({
    method: 'post',
    path: '/builds',
    summary: 'Hand out a Blender whose files the farm has; takes the place of one of the same version',
    tag,
    body: NewBuild,
    reply: Build,
  }),
  list: jsonRoute({
    method: 'get',
    path: '/builds',
    summary: 'The Blenders that the farm hands out, the oldest version first',
    tag,
    reply: z.object({ builds: z.array(Build) }),
  }),
  remove: jsonRoute({
    method: 'delete',
    path: '/builds/{version}',
    summary: 'Hand a version out no more, on one platform or on all; refused while a job needs it',
    tag,
    params: z.object({ version: BlenderVersion }),
    query: z.object({ platform: Platform.optional() }),
    reply: z.object({ removed: z.array(Build) }),
  }),
};
