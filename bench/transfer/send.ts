// Sends a file as a submitter does. Arguments: the manager's URL, its data folder, the file (its manifest lies beside it).
import { readFile } from 'node:fs/promises';
import { blobsIn, FarmClient, sendBlobs } from '@akashganga/client';
import { describeFile, hashBytes } from '@akashganga/storage';
import { shownBy } from './shown.ts';

const [url = '', data = '', path = ''] = process.argv.slice(2);
const client = new FarmClient({ url, ...(await shownBy(data, 'w-sender')) });
const manifest = await readFile(`${path}.manifest`);
const blobs = [
  ...blobsIn(path, await describeFile(path)),
  { digest: hashBytes(manifest), bytes: manifest, size: manifest.length },
];
const started = performance.now();
const { bytes } = await sendBlobs(client, blobs);
console.log(`${bytes} bytes in ${((performance.now() - started) / 1000).toFixed(2)} s`);
await client.close();
