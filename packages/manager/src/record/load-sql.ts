import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of the SQL files, the same from the sources and from the build. */
export const sqlFolder = fileURLToPath(new URL('../../sql/', import.meta.url));

/** The text of one statement's file; read when the manager starts, so a missing one is seen at once. */
export function loadSql(name: string): string {
  return readFileSync(`${sqlFolder}${name}.sql`, 'utf8');
}
