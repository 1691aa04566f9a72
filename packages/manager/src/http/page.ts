import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { hashBytes } from '@akashganga/storage';
import { getMimeType } from 'hono/utils/mime';
import type { App, HttpContext } from './serve.ts';

interface Asset {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly etag: string;
}

/** Serves the monitor's built page, which is small enough to be held in memory. Unknown paths get the page itself. */
export function servePage(app: App, folder: string | null): void {
  const assets = folder === null ? new Map<string, Asset>() : readAssets(folder);
  app.get('*', (context) => {
    const asset = assets.get(context.req.path) ?? assets.get('/index.html');
    if (!asset)
      return context.text('This farm was started without its page. Its API is at /api/v1/openapi.json.\n');
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
