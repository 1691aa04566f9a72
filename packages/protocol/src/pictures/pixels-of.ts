/** What the beginning of a picture file tells of its pixels; null where it does not tell. */
export interface PixelKind {
  /** 1 gray, 2 gray and alpha, 3 colour, 4 colour and alpha. */
  readonly channels: number | null;
  /** Bits of a channel. */
  readonly depth: number | null;
}

const unknown: PixelKind = { channels: null, depth: null };

// Colour types of the header: gray, colour, gray and alpha, colour and alpha (PNG, 11.2.2). A palette is not told.
const pngChannels = new Map([
  [0, 1],
  [2, 3],
  [4, 2],
  [6, 4],
]);

export function pixelsOfPng(head: DataView): PixelKind {
  if (head.byteLength < 26) return unknown;
  return { channels: pngChannels.get(head.getUint8(25)) ?? null, depth: head.getUint8(24) };
}

/** Of the frame header, which may stand behind long comments and is then not found. */
export function pixelsOfJpeg(head: DataView): PixelKind {
  for (let at = 2; at + 10 <= head.byteLength && head.getUint8(at) === 0xff; ) {
    const marker = head.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { channels: head.getUint8(at + 9), depth: head.getUint8(at + 4) };
    at += 2 + head.getUint16(at + 2);
  }
  return unknown;
}

const exrDepths = [32, 16, 32];
const exrSets = new Map([
  ['BGR', 3],
  ['ABGR', 4],
]);

/** Of files with the channels of one picture; those of several layers or views are not told. */
export function pixelsOfExr(head: DataView): PixelKind {
  let names = '';
  const depths = new Set<number>();
  for (let at = attributeOfExr(head, 'channels'); at !== null; ) {
    const name = textAt(head, at);
    if (name === '') break;
    if (name === null || at + name.length + 17 > head.byteLength) return unknown;
    const depth = exrDepths[head.getInt32(at + name.length + 1, true)] ?? 0;
    at += name.length + 17;
    if (name === 'Z') continue;
    names += name;
    depths.add(depth);
  }
  const [depth] = depths;
  const channels = exrSets.get(names) ?? null;
  return channels === null || depths.size !== 1 ? unknown : { channels, depth: depth ?? null };
}

/** Where the value of an attribute begins: each is a name, a type, a length and a value. */
function attributeOfExr(head: DataView, wanted: string): number | null {
  for (let at = 8; ; ) {
    const name = textAt(head, at);
    const type = name ? textAt(head, at + name.length + 1) : null;
    if (!name || type === null) return null;
    const length = at + name.length + type.length + 2;
    if (length + 4 > head.byteLength) return null;
    if (name === wanted) return length + 4;
    at = length + 4 + Math.max(0, head.getInt32(length, true));
  }
}

function textAt(head: DataView, at: number): string | null {
  let text = '';
  for (let next = at; next < head.byteLength && text.length < 256; next += 1) {
    const byte = head.getUint8(next);
    if (byte === 0) return text;
    text += String.fromCharCode(byte);
  }
  return null;
}
