import type { FarmClient } from '@akashganga/client';
import { deliveryRoutes, fillPath, frameHeaders } from '@akashganga/protocol';
import type { FrameOutbox, StoredParcel } from './frame-outbox.ts';
import { sealed } from './seal.ts';

/**
 * Carries what came beside a frame: each picture, then the list of them, which is refused unless all are stored. To be
 * done before the frame itself is sent, for a frame that is stored is done.
 */
export async function sendOutputs(
  client: FarmClient,
  outbox: FrameOutbox,
  stored: StoredParcel,
  signal: AbortSignal,
): Promise<void> {
  const { job, frame, extras, replace, pass } = stored.parcel;
  if (extras.length === 0) return;
  const params = { job, frame };
  const again: Record<string, string> = {
    ...(replace ? { [frameHeaders.replace]: '1' } : {}),
    ...(pass === '' ? {} : { [frameHeaders.pass]: pass }),
  };
  for (const extra of extras) {
    const path = fillPath(deliveryRoutes.putOutput.route.path, params);
    const reply = await client.send({
      method: 'PUT',
      path: `${path}?name=${encodeURIComponent(extra.name)}`,
      headers: sealed(
        { ...params, name: extra.name },
        {
          'content-type': 'application/octet-stream',
          'content-length': String(extra.size),
          [frameHeaders.digest]: extra.digest,
          [frameHeaders.extension]: extra.extension,
          ...again,
        },
      ),
      body: outbox.readExtra(stored, extra),
      timeoutSeconds: 120,
      signal,
    });
    await reply.body.dump();
  }
  const outputs = extras.map(({ name, extension, digest, size }) => ({ name, extension, digest, size }));
  const reply = await client.send({
    method: 'PUT',
    path: fillPath(deliveryRoutes.putOutputs.route.path, params),
    headers: sealed(params, { 'content-type': 'application/json', ...again }),
    body: JSON.stringify({ outputs }),
    signal,
  });
  await reply.body.dump();
}
