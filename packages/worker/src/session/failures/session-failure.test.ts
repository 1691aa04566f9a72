import { expect, test } from 'vitest';
import { Recogniser } from './recognise.ts';
import { failureOfEnding, failureOfReport } from './session-failure.ts';

const recogniser = new Recogniser();
const exited = { code: 1, signal: null };
const segfault = { code: null, signal: 'SIGSEGV' } as const;
const newer = 'Blender 3.4.1\nWarning: File written by newer Blender binary (405.9), expect loss of data!';

test.each([
  [exited, "Error: File format is not supported in file '/a.blend'", null, 'scene.unreadable'],
  [exited, "Error: Failed to read blend file '/a.blend': Missing DNA block", null, 'scene.unreadable'],
  [segfault, newer, null, 'scene.newer-blender'],
  [{ code: 139, signal: null }, newer, 3, 'scene.newer-blender'],
  [exited, newer, 3, 'render.crashed'],
  [segfault, 'Calloc returns null: len=99 in x', 3, 'capacity.memory'],
  [segfault, "terminate called after throwing an instance of 'std::bad_alloc'", null, 'capacity.memory'],
  [segfault, '', null, 'machine.blender-failed'],
  [segfault, '', 3, 'render.crashed'],
  [{ code: 153, signal: null }, '', null, 'render.too-large'],
  [{ code: null, signal: 'SIGXFSZ' } as const, '', 3, 'render.too-large'],
  [{ code: 137, signal: null }, '', null, 'render.killed'],
  [{ code: null, signal: 'SIGKILL' } as const, '', 3, 'render.killed'],
])('%o with %j in frame %s is %s', (ending, log, frame, code) => {
  expect(failureOfEnding({ ending, log, frame }, recogniser).code).toBe(code);
});

test('the newer version and the present one are named', () => {
  const { says } = failureOfEnding({ ending: segfault, log: newer, frame: null }, recogniser);
  expect(says).toContain('Blender 4.5');
  expect(says).toContain('3.4.1');
});

test.each([
  ['Error: Cannot render, no camera\n', 'scene.no-camera'],
  ['Error: Build without OpenImageDenoiser\n', 'machine.no-denoiser'],
  ["Error: Render error (No space left on device) cannot save: '/a.png'\n", 'disk.full'],
  ["Error: engine 'POVRAY' not found\n", 'scene.unknown-engine'],
  ["Error: engine not found 'POVRAY'\n", 'scene.unknown-engine'],
  ['Error: CUDA error: Out of memory in cuMemAlloc\n', 'capacity.gpu-memory'],
  ['Error: System is out of GPU memory\n', 'capacity.gpu-memory'],
  ['Error: Image too small\n', 'scene.too-small'],
  ["Error: Render error (File too large) cannot save: '/a.exr'\n", 'render.too-large'],
  ["cannot save: [Errno 30] Read-only file system: '/a'", 'render.cannot-save'],
  ['Error: something new\n', 'render.failed'],
])('%j is %s', (says, code) => {
  const event = { event: 'failed', frame: 4, code: 'render.failed', says, scene: 'Scene' } as const;
  expect(failureOfReport(event, '', recogniser).code).toBe(code);
});

test("the engine's name is taken from either wording", () => {
  const says = "Error: engine not found 'POVRAY'\n";
  const event = { event: 'failed', frame: 4, code: 'render.failed', says } as const;
  expect(failureOfReport(event, '', recogniser).says).toContain('POVRAY');
});
