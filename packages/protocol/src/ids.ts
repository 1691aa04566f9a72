import { z } from 'zod';

// Ids become folder names, so nothing but lower-case letters, digits and hyphens is let in.
const id = (what: string) =>
  z.string().regex(/^[a-z0-9][a-z0-9-]{3,63}$/, `${what} is 4 to 64 lower-case letters, digits and hyphens`);

export const JobId = id('a job id').meta({ example: 'k3v9x0ta' });
export const LeaseId = id('a lease id');
export const WorkerId = id('a worker id');
export const FrameServerId = id('a frame server id');
/** Drawn anew at each start of a process; tells the manager that what ran before is gone. */
export const BootId = id('a boot id');

export const FrameNumber = z.coerce.number().int().min(-1_048_574).max(1_048_574).meta({ example: 1 });

/** A frame as part of a path. Coercion accepts anything, so OpenAPI must be told that it is not optional. */
export const FrameInPath = FrameNumber.meta({ param: { in: 'path', required: true } });

/** Milliseconds since 1970, UTC. */
export const Time = z.number().int().nonnegative().meta({ example: 1_790_000_000_000 });

/** What people may call things: any letters, but no control characters and no more than fits a line. */
export const DisplayName = z
  .string()
  .trim()
  // Halves of surrogate pairs are no letters, and PostgreSQL keeps none: who is told the name reads the same later.
  .overwrite((name) => name.replace(/\p{Cs}/gu, '\ufffd'))
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}]*$/u, 'a name has no control characters');
