// Receives what a manifest lists, as a worker does. Arguments: the manager's URL, its data folder, the digest, a folder.
// Prints `ready`, waits for a line, and prints the seconds it took.
import { once } from 'node:events';
import { FarmClient } from '@akashganga/client';
import { KeptBytes } from '@akashganga/worker';
import { pino } from 'pino';
import { shownBy } from './shown.ts';

const [url = '', data = '', digest = '', folder = ''] = process.argv.slice(2);
const name = `w-${process.pid}`;
const { key, tls } = await shownBy(data, name);
const client = new FarmClient({ url, key, tls });
const log = pino({ level: 'info' }, pino.destination(2));
const kept = new KeptBytes({
  ...{ folder, client, key, tls, worker: name, boot: `b-${process.pid}`, limit: 1e12, log },
  give: { host: '0.0.0.0', port: 0 },
});
await kept.start();
console.log('ready');
await once(process.stdin, 'data');
const started = performance.now();
await kept.cache.open(digest, new AbortController().signal);
console.log(((performance.now() - started) / 1000).toFixed(3));
// It goes on giving to the others until it is told that all are done.
process.stdin.once('end', async () => {
  await kept.close();
  await client.close();
  process.exit(0);
});
