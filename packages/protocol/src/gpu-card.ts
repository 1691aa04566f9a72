import { z } from 'zod';
import { Problem } from './problem.ts';

/** A graphics card as Cycles names it; `id` tells two cards of one name apart. */
export const GpuDevice = z.object({
  kind: z.enum(['OPTIX', 'CUDA', 'HIP', 'METAL', 'ONEAPI']),
  id: z.string().max(512),
  name: z.string().max(512),
});
export type GpuDevice = z.infer<typeof GpuDevice>;

/** A graphics card, and why no frames are rendered on it; `problem` is null for one that passed its trial. */
export const GpuCard = GpuDevice.extend({ problem: Problem.nullable() }).meta({ id: 'GpuCard' });
export type GpuCard = z.infer<typeof GpuCard>;
