import type { Page } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Processor time of the thread, microseconds. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/**
 * Traces the browser while something is done, and returns what each task of the page's main thread took of the processor, in
 * milliseconds: other programs on a busy computer make tasks longer, but not this.
 */
export async function taskTimes(page: Page, act: () => Promise<void>): Promise<readonly number[]> {
  const browser = page.context().browser();
  if (!browser) throw new Error('this page has no browser of its own');
  await browser.startTracing(page, {
    categories: ['disabled-by-default-devtools.timeline', 'toplevel', '__metadata'],
  });
  await act();
  const trace = await browser.stopTracing();
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const mains = new Set(
    traceEvents.filter(({ args }) => args?.name === 'CrRendererMain').map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const times = new Map<string, number[]>();
  for (const { name, ph, pid, tid, tdur } of traceEvents) {
    const thread = `${pid} ${tid}`;
    if (ph !== 'X' || tdur === undefined || !name.endsWith('RunTask') || !mains.has(thread)) continue;
    const all = times.get(thread) ?? [];
    times.set(thread, all);
    all.push(tdur / 1000);
  }
  // Renderers that the browser keeps in reserve do nothing.
  const sum = (all: readonly number[]) => all.reduce((one, other) => one + other, 0);
  return [...times.values()].sort((a, b) => sum(b) - sum(a))[0] ?? [];
}
