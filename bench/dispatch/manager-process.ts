// A manager in a process of its own, with the page or without: manager-process.ts FOLDER PORT KEY [FOLDER-OF-THE-PAGE]
// Beside its log it prints when it began to lead the farm and to serve, milliseconds since 1970.
import { join } from 'node:path';
import { keepHeapSmall, startManager } from '@akashganga/manager';
import { pino } from 'pino';

const [folder = '', port = '0', key = '', pageFolder = null] = process.argv.slice(2);
keepHeapSmall();
const manager = await startManager({
  ...{ folder: join(folder, 'manager'), host: '127.0.0.1', port: Number(port), key, trust: null },
  ...{ databaseUrl: process.env.DATABASE_URL ?? null, pageFolder, log: pino({ level: 'error' }) },
  urls: (actual) => [`http://127.0.0.1:${actual}`],
  onFatal: (error) => {
    console.error(error);
    process.exit(1);
  },
});
console.log(`led ${Date.now()}`);
process.once('SIGTERM', async () => {
  await manager.close();
  process.exit(0);
});
// Whoever measures may be killed: then this input ends.
process.stdin.resume().once('end', () => process.exit(1));
