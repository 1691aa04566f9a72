import { z } from 'zod';
import type { Digest } from './digest.ts';
import { frameName } from './frame-set.ts';
import { ScenePath } from './manifest.ts';

/** What a template is filled in with. */
export interface NamedFrame {
  readonly frame: number;
  /** The job's name, whatever letters it has. */
  readonly job: string;
  readonly id: string;
}

const PLACEHOLDER = /\{(frame|job|id)(?::0?([1-9]|1[0-9]))?\}/g;
/** Where pictures lie that came beside the frames. */
export const OUTPUTS_FOLDER = 'outputs';

/**
 * How the files of frames are called, without their ending: `{frame}` is the number as people name it (`0007`),
 * `{frame:6}` or `{frame:06}` has that many digits, `{job}` is the job's name and `{id}` its id. A slash makes folders.
 */
export const FrameNames = z
  .string()
  .max(200)
  .superRefine((template, context) => {
    const why = whyNoTemplate(template);
    if (why) context.addIssue({ code: 'custom', message: why });
  })
  .meta({ id: 'FrameNames', example: '{job}_{frame:05}' });
export type FrameNames = z.infer<typeof FrameNames>;

/** Names the digests of the files beside it, as `sha256sum -c` reads them. */
export const SUMS_FILE = 'SHA256SUMS';

/** A line of it. */
export function sumLine(digest: Digest, name: string): string {
  return `${digest.slice('sha256:'.length)}  ${name}`;
}

/** As Blender names them. */
export const USUAL_NAMES: FrameNames = '{frame}';

function whyNoTemplate(template: string): string | null {
  if (!/\{frame(:0?([1-9]|1[0-9]))?\}/.test(template))
    return 'a name needs {frame} in it, as {job}_{frame} or {frame:05}';
  const rest = template.replace(PLACEHOLDER, 'x');
  if (/[{}]/.test(rest)) return 'a name knows {frame}, {frame:05}, {job} and {id}, and no other braces';
  if (/\{(job|id):/.test(template)) return 'only {frame} has a number of digits';
  if (!ScenePath.safeParse(`${rest}.x`).success || rest.split('/').some((part) => part.startsWith('.')))
    return 'a name is relative, and has no .., no hidden parts, no control characters and no device names';
  if (rest.split('/')[0]?.toLowerCase() === OUTPUTS_FOLDER)
    return 'outputs/ is for what came beside the frames';
  return null;
}

/** The path of a frame's file, without its ending. The same template gives no two frames the same. */
export function nameFrame(template: FrameNames, { frame, job, id }: NamedFrame): string {
  return template.replace(PLACEHOLDER, (_, what: string, digits: string | undefined) => {
    if (what === 'job') return plainName(job);
    if (what === 'id') return plainName(id);
    if (digits === undefined) return frameName(frame);
    return (frame < 0 ? '-' : '') + String(Math.abs(frame)).padStart(Number(digits), '0');
  });
}

/** A name that people gave, as the name of a file or folder on any platform. */
export function plainName(name: string): string {
  const plain = name
    .replace(/[\p{Cc}\p{Cs}\\/:*?"<>|{}]/gu, '_')
    .replace(/^\.+/, '_')
    .slice(0, 80)
    .replace(/[. ]+$/, '');
  return ScenePath.safeParse(plain).success ? plain : `_${plain}`;
}
