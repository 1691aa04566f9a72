import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { hashBytes } from '@akashganga/storage';
import { getMimeType } from 'hono/utils/mime';
import type { App, HttpContext } from './serve.ts';

interface Asset {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly etag: string;
}

/**
 * Serves the monitor's built page, which is small enough to be held in memory. Unknown paths get the page itself. A
 * farm works without it: where it is not built, or not installed, that is what people read.
 */
export function servePage(app: App, folder: string | null): void {
  const isBuilt = folder !== null && existsSync(join(folder, 'index.html'));
  const assets = isBuilt ? readAssets(folder) : new Map<string, Asset>();
  app.get('*', (context) => {
    const asset = assets.get(context.req.path) ?? assets.get('/index.html');
    if (!asset)
      return context.text(
        'The page of this farm is not built: run `npm run build` and start the manager again. The farm works without it; its API is at /api/v1/openapi.json.\n',
      );
    return answer(context, asset, context.req.path.startsWith('/assets/'));
  });
}

function answer(context: HttpContext, asset: Asset, isHashed: boolean): Response {
  // Files under assets/ carry their digest in the name, so they never change.
  const headers = {
    etag: asset.etag,
    'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
  if (context.req.header('if-none-match') === asset.etag) return context.body(null, 304, headers);
  return context.body(asset.body, 200, { ...headers, 'content-type': asset.type });
}

function readAssets(folder: string): Map<string, Asset> {
  const assets = new Map<string, Asset>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const body = new Uint8Array(readFileSync(path));
    const type = getMimeType(entry.name) ?? 'application/octet-stream';
    assets.set(`/${relative(folder, path).split(sep).join('/')}`, {
      body,
      type,
      etag: `"${hashBytes(body).slice(7, 31)}"`,
    });
  }
  return assets;
}
