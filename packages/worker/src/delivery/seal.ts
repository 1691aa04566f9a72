import { frameHeaders, sealedWords } from '@akashganga/protocol';
import { hashBytes } from '@akashganga/storage';

/** The headers of a delivery, and the seal by which the frame server knows that they, and the place, are as they were. */
export function sealed(
  place: { readonly job: string; readonly frame: number; readonly name?: string },
  headers: Readonly<Record<string, string>>,
): Record<string, string> {
  const words = sealedWords(place, (name) => headers[name]);
  return { ...headers, [frameHeaders.seal]: hashBytes(Buffer.from(words)) };
}
