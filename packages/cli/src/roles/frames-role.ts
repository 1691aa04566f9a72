import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { FarmError } from '@akashganga/protocol';
import { lockFolder } from '@akashganga/storage';
import type { Settings } from '../config/settings.ts';
import { mustBeWelcome } from '../farm/must-be-welcome.ts';
import { publicUrl, type RoleFarm, renewal } from '../farm/role-farm.ts';
import type { RunningRole } from './run-role.ts';

export interface FramesRoleOptions {
  readonly data: string;
  readonly host: string;
  readonly port: number;
  readonly address: string | null;
  readonly farm: RoleFarm;
  readonly ffmpeg: string;
  readonly slowMotion: boolean;
  /** In pixels, or null for what is usual. */
  readonly largestPicture: number | null;
  /** Where results are brought, or null. */
  readonly out: string | null;
  readonly searchPath: string;
}

export async function startFramesRole(options: FramesRoleOptions): Promise<RunningRole> {
  const { address } = options;
  const folder = join(options.data, 'frames');
  const lock = await lockFolder(folder, 'frame server');
  await mustBeWelcome(options.farm);
  const { startFrameServer } = await import('@akashganga/frames');
  const { roleLog } = await import('./role-log.ts');
  const log = roleLog(options.data, 'frames');
  const server = await startFrameServer({
    folder,
    host: options.host,
    port: options.port,
    publicUrl: address === null ? null : (port) => publicUrl(address, port, options.farm.key !== null),
    name: hostname(),
    farm: options.farm,
    ffmpeg: options.ffmpeg,
    log,
    searchPath: options.searchPath,
    out: options.out,
    ...(options.largestPicture === null ? {} : { largestPicture: options.largestPicture }),
    ...(options.slowMotion ? { slowMotionSeconds: 1.5 } : {}),
  });
  const certified = renewal(options.farm, log);
  return {
    url: `${options.farm.key === null ? 'https' : 'http'}://${options.host}:${server.port}`,
    close: () => {
      certified?.close();
      return server.close();
    },
    lock,
  };
}

/** The largest picture the settings allow, in pixels; null when they say nothing. Throws `usage.bad-flag`. */
export function largestPicture({ largestPicture: text }: Settings): number | null {
  if (text === null) return null;
  const megapixels = Number(text);
  if (megapixels > 0 && megapixels <= 4000) return Math.floor(megapixels * 1e6);
  throw new FarmError('usage.bad-flag', {
    ...{ flag: 'AKASHGANGA_LARGEST_PICTURE', value: text },
    why: 'it is a number of megapixels, up to 4000',
  });
}

/** The ffmpeg of this computer. Throws `machine.no-ffmpeg`. */
export async function needFfmpeg(settings: Settings): Promise<string> {
  if (settings.ffmpeg) {
    await access(settings.ffmpeg, constants.X_OK).catch((cause: unknown) => {
      const says = `AKASHGANGA_FFMPEG names ${settings.ffmpeg}, which is no program. Mend the path, or unset it to use the ffmpeg of this computer.`;
      throw new FarmError('machine.no-ffmpeg', {}, { cause, says });
    });
    return settings.ffmpeg;
  }
  const { findFfmpeg } = await import('@akashganga/frames');
  const found = await findFfmpeg(settings.environment.PATH ?? '');
  if (!found) throw new FarmError('machine.no-ffmpeg');
  return found;
}
