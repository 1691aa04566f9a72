// A manager's process with its PostgreSQL and nothing else, to be killed. Its argument is the data folder.
import { pino } from 'pino';
import { startEmbeddedPostgres } from './embedded-postgres.ts';

await startEmbeddedPostgres(process.argv[2] ?? '', pino({ level: 'silent' }));
process.stdout.write('ready\n');
setInterval(() => undefined, 1000);
