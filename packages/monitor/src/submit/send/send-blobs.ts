import { apiUrl, call, Refusal, refusalFrom } from '../../api/call.ts';

/** A blob to send: its name, its size in bytes, and how to get at its bytes. */
export interface Sendable {
  readonly digest: string;
  readonly size: number;
  readonly bytes: Blob;
  readonly isManifest?: boolean;
}

const LANES = 4;
const ASKED_AT_ONCE = 5000;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 5000;

export interface Sending {
  readonly signal: AbortSignal;
  /** Bytes on their way that have arrived, and all that the farm lacked. */
  readonly onProgress: (sent: number, total: number) => void;
  /** The farm does not answer, and it is tried again; null when it answers again. */
  readonly onTrouble: (says: string | null) => void;
}

/** Sends what the farm lacks. What has arrived before is not sent again, so to go on is to begin anew. */
export async function sendBlobs(blobs: readonly Sendable[], sending: Sending): Promise<void> {
  const wanted = await missingOf(blobs, sending);
  const queue = blobs.filter(({ digest }) => wanted.delete(digest));
  const total = queue.reduce((sum, { size }) => sum + size, 0);
  let sent = 0;
  sending.onProgress(0, total);
  const lane = async () => {
    for (let blob = queue.shift(); blob; blob = queue.shift()) {
      await again(() => sendBlob(blob, sending.signal), sending);
      sent += blob.size;
      sending.onProgress(sent, total);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

async function missingOf(blobs: readonly Sendable[], sending: Sending): Promise<Set<string>> {
  const digests = [...new Set(blobs.map(({ digest }) => digest))];
  const wanted = new Set<string>();
  for (let at = 0; at < digests.length; at += ASKED_AT_ONCE) {
    const body = { digests: digests.slice(at, at + ASKED_AT_ONCE) };
    const ask = () => call<{ missing: string[] }>('POST', '/blobs/missing', body, sending.signal);
    for (const digest of (await again(ask, sending)).missing) wanted.add(digest);
  }
  return wanted;
}

async function sendBlob({ digest, bytes, isManifest }: Sendable, signal: AbortSignal): Promise<void> {
  const path = `/blobs/${encodeURIComponent(digest)}${isManifest ? '?kind=manifest' : ''}`;
  const headers = { 'content-type': 'application/octet-stream' };
  const answer = await fetch(apiUrl(path), { method: 'PUT', headers, body: bytes, signal }).catch(
    (error: unknown) => {
      if (signal.aborted) throw error;
      throw new Refusal('farm.unreachable', 0, 'The farm does not answer.');
    },
  );
  if (!answer.ok) throw refusalFrom(answer.status, await answer.json().catch(() => null));
}

/** Tries until it works, the farm refuses for good, or the person gives up. */
async function again<T>(attempt: () => Promise<T>, { signal, onTrouble }: Sending): Promise<T> {
  for (let wait = FIRST_WAIT, told = false; ; wait = Math.min(LONGEST_WAIT, wait * 2)) {
    try {
      const result = await attempt();
      if (told) onTrouble(null);
      return result;
    } catch (error) {
      const canPass =
        error instanceof Refusal && (error.status === 0 || error.status >= 500 || error.status === 429);
      if (!canPass || signal.aborted) throw error;
      told = true;
      onTrouble(error.message);
      await new Promise((resolve) => setTimeout(resolve, wait));
      signal.throwIfAborted();
    }
  }
}
