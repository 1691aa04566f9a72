import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';

/** The log of a role, one JSON object a line, in the data folder. */
export function roleLog(data: string, role: string): Logger {
  const folder = join(data, 'logs');
  mkdirSync(folder, { recursive: true });
  return pino(
    { base: { role }, serializers: { error: pino.stdSerializers.err, cause: pino.stdSerializers.err } },
    pino.destination({ dest: join(folder, `${role}.log`), sync: false, mkdir: true }),
  );
}
