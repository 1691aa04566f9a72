import { copyFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { FarmError, frameName, type Lease } from '@akashganga/protocol';
import type { RenderedFrame } from '../session/index.ts';
import type { SceneSession } from './scene-session.ts';

export interface FrameToVerify {
  readonly lease: Lease;
  readonly frame: number;
  readonly rendered: RenderedFrame;
}

/**
 * Renders the frame once more, alone in a new Blender, and lets that one compare both, because it reads every format it
 * writes. Throws `render.differs`; holds two Blenders in memory meanwhile.
 */
export async function verifyFrame(
  scenes: SceneSession,
  { lease, frame, rendered }: FrameToVerify,
  signal: AbortSignal,
): Promise<void> {
  const alone = await scenes.alone(lease, signal);
  try {
    const { order } = lease;
    const output = join(alone.frames, frameName(frame));
    const { file } = await alone.session.render({ frame, output, order, signal });
    // Beside the other one: a session sees no folder but its own.
    const first = join(alone.frames, `session${extname(rendered.file)}`);
    await copyFile(rendered.file, first);
    const { equal, most } = await alone.session.compare(first, file);
    if (!equal)
      throw new FarmError('render.differs', { frame, most: most === null ? null : most.toPrecision(3) });
  } finally {
    await alone.close();
  }
}
