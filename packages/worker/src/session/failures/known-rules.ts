import type { FailureRule } from './failure-rule.ts';

const ended = ['loading', 'rendering'] as const;
const always = ['loading', 'rendering', 'report'] as const;
const gpu = ['rendering', 'report'] as const;

function rule(
  name: string,
  pattern: string,
  code: FailureRule['code'],
  at: readonly FailureRule['at'][number][],
  more: { readonly crashed?: true } = {},
): FailureRule {
  return { name, pattern, code, at: [...at], ...more };
}

/**
 * What is known of Blender's words, most certain first: a file that cannot be read is named as such even if the attempt
 * to read it also ran out of memory. All but the graphics cards' were seen in Blender 3.4.1 (docs/guide/failures.md).
 */
export const knownRules: readonly FailureRule[] = [
  rule('not-a-blend', 'File format is not supported', 'scene.unreadable', ['loading']),
  rule('cut-or-flipped', 'Failed to read blend file', 'scene.unreadable', ['loading']),
  rule('no-dna', 'Missing DNA block', 'scene.unreadable', ['loading']),
  rule('cannot-read', 'Cannot read file', 'scene.unreadable', ['loading']),
  rule('library', 'error while loading shared libraries: ([^:]+)', 'machine.missing-libraries', ['loading']),
  rule('other-processor', 'Exec format error|ELF.{0,20}: not found', 'machine.wrong-platform', ['loading']),
  rule('newer-file', 'File written by newer Blender binary', 'scene.newer-blender', ended, { crashed: true }),
  rule('gpu-memory', '(CUDA|HIP|OptiX|Metal|oneAPI)\\b.{0,80}out of memory', 'capacity.gpu-memory', gpu),
  rule('gpu-memory-2', 'out of GPU memory', 'capacity.gpu-memory', gpu),
  rule('memory', 'std::bad_alloc|[CM]alloc returns null', 'capacity.memory', always),
  rule('memory-cycles', 'Cannot allocate memory', 'capacity.memory', always),
  rule('python-memory', '^MemoryError', 'capacity.memory', ['rendering', 'report', 'finished']),
  rule('threads', "can't start new thread|std::system_error", 'capacity.processes', [...always, 'finished']),
  rule('processes', 'Resource temporarily unavailable', 'capacity.processes', [...always, 'finished']),
  rule('gpu-fault', 'Illegal address|Launch failed|kernel compilation failed', 'machine.gpu-failed', gpu),
  rule('gpu-too-old', 'compute capability', 'machine.gpu-failed', gpu),
  rule('no-egl', "Couldn't open libEGL|current GLX or EGL context", 'machine.no-egl', ended),
  rule('no-denoiser', 'Build without OpenImageDenoise', 'machine.no-denoiser', ['report']),
  rule('disk-full', 'No space left on device|Disk quota exceeded', 'disk.full', [...always, 'finished']),
  // What a write beyond the largest file is answered with: Blender's Python ignores the signal that would end it.
  rule('file-too-large', 'File too large', 'render.too-large', [...always, 'finished']),
  rule('cannot-save', 'cannot save|Read-only file system|Permission denied', 'render.cannot-save', [
    'report',
  ]),
  rule('no-camera', 'no camera', 'scene.no-camera', ['report']),
  rule('too-small', 'Image too small', 'scene.too-small', ['report']),
  rule('no-engine', 'engine .{0,80}not found', 'scene.unknown-engine', ['report']),
  ...[
    'Error in PyDriver: expression failed: (.*)',
    'Error in Driver: The following Python expression failed:\\s+(.*)',
    "((?:Division by Zero|Math Domain Error) in Driver: '.*')",
  ].map((pattern, at) => rule(`driver-${at + 1}`, pattern, 'scene.driver-failed', ['finished'])),
  rule('no-module', "ModuleNotFoundError: (No module named '[^']+')", 'scene.no-addon', [
    'report',
    'finished',
  ]),
  rule('handler', 'Traceback \\(most recent call last\\):\\n(?:\\s.*\\n)*(\\S.*)', 'render.python-error', [
    'finished',
  ]),
  rule('texture', '^libpng error: (.*)', 'scene.unreadable-image', ['finished']),
  ...[
    'IMB_ibImageFromMemory: unknown file-format \\((.*)\\)',
    "IMB_loadifffile: couldn't get mapping (.*)",
    '^(Corrupt JPEG data: premature end.*)',
    '^(WebP: Failed to decode image)',
    '^(decodetarga: (?:incomplete file|count would overwrite).*)',
    '^OpenEXR-readPixels: ERROR: (.*)',
    '^WARNING! (HDR decode error)',
    '^(longimagedata: corrupt file content)',
  ].map((pattern, at) => rule(`texture-${at + 2}`, pattern, 'scene.unreadable-image', ['finished'])),
];
