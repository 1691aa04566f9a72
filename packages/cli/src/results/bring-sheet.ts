import type { FarmClient } from '@akashganga/client';
import { fillPath, type Job, jobRoutes, sheetHeaders } from '@akashganga/protocol';
import { bringWhole } from './bring-whole.ts';

/** What the farm said of the sheet, in frames. */
export interface BroughtSheet {
  readonly asked: number;
  /** Fewer than `asked` when it is a sample. */
  readonly shown: number;
  readonly missing: number;
}

/** Writes the contact sheet of a job, or of the frames of a spec, to `target` as JPEG. */
export async function bringSheet(
  client: FarmClient,
  job: Job,
  { frames, columns }: { readonly frames?: string | undefined; readonly columns?: number | undefined },
  target: string,
  signal?: AbortSignal,
): Promise<BroughtSheet> {
  const query = new URLSearchParams();
  if (frames !== undefined) query.set('frames', frames);
  if (columns !== undefined) query.set('columns', String(columns));
  const path = `${fillPath(jobRoutes.sheet.route.path, { job: job.id })}?${query}`.replaceAll('%2C', ',');
  const headers = await bringWhole(client, { path, what: 'the contact sheet' }, target, signal);
  const number = (name: string) => Number(headers[name] ?? 0);
  return {
    asked: number(sheetHeaders.asked),
    shown: number(sheetHeaders.shown),
    missing: number(sheetHeaders.missing),
  };
}
