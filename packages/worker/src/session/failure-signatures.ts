import type { ProblemCode } from '@akashganga/protocol';

/** Where the text stands: in the log of a process that ended by itself, or in the report of a refused render. */
export type FailureMoment = 'loading' | 'rendering' | 'report';

interface FailureSignature {
  readonly pattern: RegExp;
  readonly code: ProblemCode;
  readonly at: readonly FailureMoment[];
  /** Only if the process was ended by a segmentation fault. */
  readonly segfault?: true;
}

const ended = ['loading', 'rendering'] as const;
const any = ['loading', 'rendering', 'report'] as const;

/**
 * Blender's exit codes say nothing, its texts do. First match wins, so what is certain stands before what is likely:
 * a file that cannot be read is named as such even if the attempt to read it also ran out of memory.
 */
export const failureSignatures: readonly FailureSignature[] = [
  { pattern: /File format is not supported/, code: 'scene.unreadable', at: ['loading'] },
  { pattern: /Failed to read blend file/, code: 'scene.unreadable', at: ['loading'] },
  { pattern: /Missing DNA block/, code: 'scene.unreadable', at: ['loading'] },
  { pattern: /Cannot read file/, code: 'scene.unreadable', at: ['loading'] },
  { pattern: /File written by newer Blender binary/, code: 'scene.newer-blender', at: ended, segfault: true },
  {
    pattern: /(CUDA|HIP|OptiX|Metal|oneAPI)\b.{0,80}out of memory/i,
    code: 'capacity.gpu-memory',
    at: ['rendering', 'report'],
  },
  { pattern: /out of GPU memory/i, code: 'capacity.gpu-memory', at: ['rendering', 'report'] },
  {
    pattern: /std::bad_alloc|Calloc returns null|Malloc returns null/,
    code: 'capacity.memory',
    at: any,
  },
  {
    pattern: /Illegal address|Launch failed|compute capability|kernel compilation failed/i,
    code: 'machine.gpu-failed',
    at: ['rendering', 'report'],
  },
  { pattern: /Build without OpenImageDenoise/, code: 'machine.no-denoiser', at: ['report'] },
  { pattern: /cannot save/i, code: 'render.cannot-save', at: ['report'] },
  { pattern: /no camera/i, code: 'scene.no-camera', at: ['report'] },
  { pattern: /engine .{0,80}not found/i, code: 'scene.unknown-engine', at: ['report'] },
];

/** The code for a text, and the line it was recognised by; null when nothing in it is known. */
export function recognise(
  text: string,
  at: FailureMoment,
  segfault = false,
): { code: ProblemCode; line: string } | null {
  for (const signature of failureSignatures) {
    if (!signature.at.includes(at) || (signature.segfault && !segfault)) continue;
    const match = signature.pattern.exec(text);
    if (match) return { code: signature.code, line: lineAround(text, match.index) };
  }
  return null;
}

function lineAround(text: string, index: number): string {
  const end = text.indexOf('\n', index);
  return text.slice(text.lastIndexOf('\n', index) + 1, end === -1 ? undefined : end).trim();
}
