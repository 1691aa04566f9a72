import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';

/** The log of a role, one JSON object a line, in the data folder. */
export function roleLog(data: string, role: string): Logger {
  const folder = join(data, 'logs');
  mkdirSync(folder, { recursive: true });
  // Written at once: a role that ends early still leaves its last words, and the lines are few.
  const file = pino.destination({ dest: join(folder, `${role}.log`), sync: true, mkdir: true });
  // A full disk must not end the role; what it has to say waits.
  file.on('error', () => undefined);
  return pino(
    { base: { role }, serializers: { error: pino.stdSerializers.err, cause: pino.stdSerializers.err } },
    file,
  );
}
