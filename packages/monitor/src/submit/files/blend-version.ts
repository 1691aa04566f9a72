/** Enough of a file for its first unpacked bytes, however it is packed. */
const HEAD = 256 * 1024;

/** The Blender that wrote a .blend, as `3.4`; null when the file is no .blend. Reads its first bytes only. */
export async function blendVersion(file: Blob): Promise<string | null> {
  const head = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
  const start = await unpackedStart(head).catch(() => head);
  const text = String.fromCharCode(...start.subarray(0, 17));
  const recent = /^BLENDER17-01v(\d\d)(\d\d)/.exec(text);
  const old = /^BLENDER[_-][vV](\d)(\d\d)/.exec(text);
  const [, major, minor] = recent ?? old ?? [];
  return major === undefined ? null : `${Number(major)}.${Number(minor)}`;
}

async function unpackedStart(head: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  if (head[0] === 0x1f && head[1] === 0x8b) return firstOfGzip(head);
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) return firstOfZstd(head);
  return head;
}

// The end is missing, so what comes first is taken and the complaint about the rest passed over.
async function firstOfGzip(head: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const reader = new Blob([head]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const { value } = await reader.read();
  reader.cancel().catch(() => undefined);
  return value ?? head;
}

async function firstOfZstd(head: Uint8Array): Promise<Uint8Array> {
  const { Decompress } = await import('fzstd');
  let first: Uint8Array = new Uint8Array();
  const stream = new Decompress((piece) => {
    if (first.length === 0) first = piece;
  });
  // In small steps: a block that is cut at the end must not take the first one with it.
  for (let at = 0; at < head.length && first.length === 0; at += 4096)
    stream.push(head.subarray(at, at + 4096));
  return first;
}
