// Fetches what a manifest lists, as a worker does, and ends. Arguments: the manager's URL, its key, the digest, a folder.
import { FarmClient } from '@akashganga/client';
import { KeptBytes } from '@akashganga/worker';
import { pino } from 'pino';

const [url = '', key = '', digest = '', folder = ''] = process.argv.slice(2);
const client = new FarmClient({ url, key });
const kept = new KeptBytes({
  ...{ folder, client, key, worker: `w-${process.pid}`, boot: `b-${process.pid}`, limit: 1e12, give: null },
  log: pino({ level: 'silent' }),
});
await kept.start();
const placed = await kept.cache.open(digest, new AbortController().signal);
console.log(placed.folder);
await kept.close();
await client.close();
