import type { SandboxReport, Worker } from '@akashganga/protocol';

const MOST_NAMES = 5;

/** For a column: how Blender is closed in, `none` where it is not, `?` where the worker does not say. */
export function sandboxKind(report: SandboxReport | undefined): string {
  if (!report) return '?';
  return report.closed ? report.kind : 'none';
}

/** A sentence for each reason why workers have no sandbox, however many they are. */
export function withoutSandbox(workers: readonly Pick<Worker, 'name' | 'sandbox'>[]): string[] {
  const names = new Map<string, string[]>();
  for (const { name, sandbox } of workers) {
    if (!sandbox || sandbox.closed) continue;
    names.set(sandbox.says, [...(names.get(sandbox.says) ?? []), name]);
  }
  return [...names].map(([says, those]) => {
    const more = those.length > MOST_NAMES ? ` and ${those.length - MOST_NAMES} more` : '';
    return `No sandbox on ${those.slice(0, MOST_NAMES).join(', ')}${more}: ${says}`;
  });
}
