import type { PreviewCodec } from '@akashganga/protocol';

interface Browser {
  readonly MediaSource?: typeof MediaSource;
  /** Safari's on telephones. */
  readonly ManagedMediaSource?: typeof MediaSource;
}

/** The codecs of a preview as browsers are asked for them, the better first. */
const asked: Readonly<Record<PreviewCodec, string>> = {
  h264: 'video/mp4; codecs="avc1.4d4020"',
  vp9: 'video/mp4; codecs="vp09.00.31.08"',
};

/** What this browser can play piece by piece, or null when it can nothing of it. */
export function waysToPlay(browser: Browser): { Source: typeof MediaSource; codec: PreviewCodec } | null {
  const Source = browser.MediaSource ?? browser.ManagedMediaSource;
  if (!Source) return null;
  for (const codec of ['h264', 'vp9'] as const)
    if (Source.isTypeSupported(asked[codec])) return { Source, codec };
  return null;
}
