import { z } from 'zod';

/** The files a film can be written as; the ending of `--output` picks one. */
export const Container = z.enum(['mp4', 'mov', 'mkv', 'webm', 'mpg', 'flv', 'wmv', 'avi', 'gif']);
export type Container = z.infer<typeof Container>;

/** The container for a file name, or null when its ending is none of ours. */
export function containerOf(fileName: string): Container | null {
  const ending = /\.([^./\\]+)$/.exec(fileName)?.[1]?.toLowerCase();
  const found = Container.safeParse(ending);
  return found.success ? found.data : null;
}

/** The media type a film is served with. */
export const containerMediaType: Readonly<Record<Container, string>> = {
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  mkv: 'video/x-matroska',
  webm: 'video/webm',
  mpg: 'video/mpeg',
  flv: 'video/x-flv',
  wmv: 'video/x-ms-wmv',
  avi: 'video/x-msvideo',
  gif: 'image/gif',
};
