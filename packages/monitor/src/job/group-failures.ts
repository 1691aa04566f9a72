export interface Failure {
  readonly frame: number;
  readonly code: string;
  readonly says: string;
}

export interface FailureGroup {
  readonly code: string;
  readonly says: string;
  readonly frames: readonly number[];
}

/** Failed frames by what they died of: the same sentence is said once, with all its frames. */
export function groupFailures(failures: readonly Failure[]): FailureGroup[] {
  const groups = new Map<string, { code: string; says: string; frames: number[] }>();
  for (const { frame, code, says } of failures) {
    // A sentence mostly names its frame; that alone does not make it another reason.
    const key = `${code}\n${says.replaceAll(new RegExp(`(?<![\\d.-])${frame}(?![\\d.])`, 'g'), '#')}`;
    const group = groups.get(key);
    if (group) group.frames.push(frame);
    else groups.set(key, { code, says, frames: [frame] });
  }
  return [...groups.values()].sort((a, b) => b.frames.length - a.frames.length);
}
