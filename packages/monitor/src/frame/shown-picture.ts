import type { Job } from '@akashganga/protocol';
import { farmFiles } from '../api/farm-api.ts';

/** How light is looked at: stops, and a layer of the file or null. */
export interface LightView {
  readonly exposure: number;
  readonly layer: string | null;
}

const BROWSERS_SHOW = new Set(['.png', '.jpg', '.jpeg', '.webp', '.bmp']);

/** `light`: OpenEXR, which the farm makes a view of; `small`: what browsers do not show and the farm makes no view of. */
export type PictureWay = 'itself' | 'light' | 'small';

export function pictureWay({ probe }: Pick<Job, 'probe'>): PictureWay {
  if (probe?.extension === '.exr') return 'light';
  return probe && BROWSERS_SHOW.has(probe.extension) ? 'itself' : 'small';
}

/** The address of the picture that is shown of a frame. */
export function pictureAddress(job: Job, frame: number, view: LightView): string {
  const way = pictureWay(job);
  if (way === 'small') return farmFiles.thumbnail(job.id, frame);
  return way === 'light' ? farmFiles.view(job.id, frame, view) : farmFiles.image(job.id, frame);
}
