import { containerMediaType, FarmError, frameName } from '@akashganga/protocol';
import { jobPaths } from '../files/job-paths.ts';
import { replaceFile } from '../files/replace-file.ts';
import { readKeptFilm } from '../film/kept-film.ts';
import type { ReceivingRoom } from '../gather/receive-frame.ts';
import { makeThumbnailOfPixels } from '../pictures/make-thumbnail.ts';
import { pictureKind } from '../pictures/picture-kinds.ts';
import { type FileToSend, sendFile } from './send-file.ts';

/** What the answers are made from. */
export type FileRoom = Pick<ReceivingRoom, 'folder' | 'shelf' | 'decoders' | 'turns' | 'log'>;

/** The frame as it was rendered. Throws `frame.not-done`. */
export async function sendImage(
  room: FileRoom,
  job: string,
  frame: number,
  request: Request,
): Promise<Response> {
  const kept = await room.shelf.use(job, (gathered) => gathered.kept(frame));
  if (!kept) throw new FarmError('frame.not-done', { job, frame });
  return sent(
    {
      path: jobPaths(room.folder, job).frame(frame, kept.extension),
      mediaType: pictureKind(kept.extension).mediaType,
      tag: kept.digest,
      name: frameName(frame) + kept.extension,
    },
    request,
    new FarmError('frame.not-done', { job, frame }),
  );
}

/** The frame, small. One that failed or was lost is made again. Throws `frame.not-done`. */
export async function sendThumbnail(
  room: FileRoom,
  job: string,
  frame: number,
  request: Request,
): Promise<Response> {
  const missing = new FarmError('frame.not-done', { job, frame });
  const kept = await room.shelf.use(job, (gathered) => gathered.kept(frame));
  if (!kept) throw missing;
  const paths = jobPaths(room.folder, job);
  const file: FileToSend = {
    path: paths.thumbnail(frame),
    mediaType: 'image/webp',
    tag: null,
    name: null,
  };
  const there = await sendFile(file, request);
  if (there) return there;
  await room
    .turns(async () => {
      const pixels = await room.decoders.pixels(paths.frame(frame, kept.extension), kept.extension);
      await replaceFile(file.path, await makeThumbnailOfPixels(pixels));
    })
    .catch((error: unknown) => room.log.warn({ err: error, job, frame }, 'no thumbnail can be made'));
  return sent(file, request, missing);
}

/** The film, under the name of its job. Throws `film.not-done`. */
export async function sendFilm(room: FileRoom, job: string, request: Request): Promise<Response> {
  const paths = jobPaths(room.folder, job);
  const film = await readKeptFilm(paths);
  const missing = new FarmError('film.not-done', { job });
  if (!film) throw missing;
  return sent(
    {
      path: paths.film(film.container),
      mediaType: containerMediaType[film.container],
      tag: film.digest,
      name: `${film.name}.${film.container}`,
    },
    request,
    missing,
  );
}

/** What Blender said while it rendered the frame. Throws `frame.not-done`. */
export async function sendLog(
  room: FileRoom,
  job: string,
  frame: number,
  request: Request,
): Promise<Response> {
  return sent(
    {
      path: jobPaths(room.folder, job).log(frame),
      mediaType: 'text/plain; charset=utf-8',
      tag: null,
      name: null,
    },
    request,
    new FarmError('frame.not-done', { job, frame }),
  );
}

async function sent(file: FileToSend, request: Request, missing: FarmError): Promise<Response> {
  const answer = await sendFile(file, request);
  if (!answer) throw missing;
  return answer;
}
