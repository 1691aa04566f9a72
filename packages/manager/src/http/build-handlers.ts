import { type Build, buildRoutes, compareVersions } from '@akashganga/protocol';
import { checkManifest } from '../jobs/check-manifest.ts';
import type { Rooms } from './app.ts';
import { type App, serve } from './serve.ts';
import { theFarm } from './the-farm.ts';
import { whoAsks } from './who-asks.ts';

export function serveBuilds(app: App, rooms: Rooms): void {
  serve(app, buildRoutes.list, () => {
    const builds = [...theFarm(rooms).state.builds.values()];
    const order = (a: Build, b: Build) =>
      compareVersions(a.version, b.version) || a.platform.localeCompare(b.platform);
    return { builds: builds.sort(order) };
  });
  serve(app, buildRoutes.add, async ({ body, context }) => {
    const { files } = await checkManifest(rooms.blobs, body);
    const size = files.reduce((sum, file) => sum + file.size, 0);
    const build: Build = { ...body, files: files.length, size, addedAt: Date.now() };
    return theFarm(rooms).run<Build>({ kind: 'add-build', build, ...whoAsks(context, rooms) });
  });
  serve(app, buildRoutes.remove, ({ params, query, context }) =>
    theFarm(rooms).run<{ removed: Build[] }>({
      kind: 'remove-build',
      version: params.version,
      platform: query.platform ?? null,
      ...whoAsks(context, rooms),
    }),
  );
}
