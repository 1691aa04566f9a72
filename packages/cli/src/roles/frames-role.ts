import { hostname } from 'node:os';
import { join } from 'node:path';
import { FarmError } from '@akashganga/protocol';
import { lockFolder } from '@akashganga/storage';
import type { Settings } from '../config/settings.ts';
import { roleLog } from './role-log.ts';
import type { RunningRole } from './run-role.ts';

export interface FramesRoleOptions {
  readonly data: string;
  readonly host: string;
  readonly port: number;
  readonly address: string | null;
  readonly farm: { readonly url: string; readonly key: string };
  readonly ffmpeg: string;
  readonly slowMotion: boolean;
}

export async function startFramesRole(options: FramesRoleOptions): Promise<RunningRole> {
  const folder = join(options.data, 'frames');
  const lock = await lockFolder(folder, 'frame server');
  const { startFrameServer } = await import('@akashganga/frames');
  const server = await startFrameServer({
    folder,
    host: options.host,
    port: options.port,
    publicUrl: options.address,
    name: hostname(),
    farm: options.farm,
    ffmpeg: options.ffmpeg,
    log: roleLog(options.data, 'frames'),
    ...(options.slowMotion ? { slowMotionSeconds: 1.5 } : {}),
  });
  return { url: `http://${options.host}:${server.port}`, close: () => server.close(), lock };
}

/** The ffmpeg of this computer. Throws `machine.no-ffmpeg`. */
export async function needFfmpeg(settings: Settings): Promise<string> {
  if (settings.ffmpeg) return settings.ffmpeg;
  const { findFfmpeg } = await import('@akashganga/frames');
  const found = await findFfmpeg(settings.environment.PATH ?? '');
  if (!found) throw new FarmError('machine.no-ffmpeg');
  return found;
}
