import { type GpuCard, RELEASE, type RenderedFrames, type WorkerArrival } from '@akashganga/protocol';
import type { WorkerOptions } from '../worker-options.ts';

/** What a worker says of itself. `seen` are its computer's graphics cards, once they were looked for. */
export function helloOf(
  id: string,
  options: WorkerOptions,
  { seen, rendered }: { readonly seen: readonly GpuCard[] | null; readonly rendered: RenderedFrames[] },
): WorkerArrival {
  const { name, boot, computer, slots, tags, blenders, sandbox, cards } = options;
  const found = cards?.map((card) => ({ ...card, problem: null })) ?? seen;
  return {
    ...{ id, boot, name, ...computer, slots },
    tags: [...tags],
    blenders: [...blenders],
    gpus: [...new Set(cards?.map(({ kind }) => kind.toLowerCase()))],
    ...(found ? { cards: [...found] } : {}),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    version: RELEASE,
    sandbox: sandbox.report,
    rendered,
  };
}
