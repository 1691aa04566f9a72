/** ffmpeg's names: red, green, blue, perhaps alpha, a byte each, or two with the small one first. sRGB, alpha straight. */
export type PixelKind = 'rgb24' | 'rgba' | 'rgb48le' | 'rgba64le';

/** Bytes of one channel, and channels of one pixel. */
export const pixelLayouts: Readonly<Record<PixelKind, { readonly bytes: 1 | 2; readonly channels: 3 | 4 }>> =
  {
    rgb24: { bytes: 1, channels: 3 },
    rgba: { bytes: 1, channels: 4 },
    rgb48le: { bytes: 2, channels: 3 },
    rgba64le: { bytes: 2, channels: 4 },
  };

/** A picture as bytes, row after row. Without alpha it is on a background where it was transparent. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly kind: PixelKind;
  readonly data: Buffer;
}

/** Bytes of one pixel. */
export function pixelBytes(kind: PixelKind): number {
  return pixelLayouts[kind].bytes * pixelLayouts[kind].channels;
}

/** The picture with its last column and row repeated where a side is odd. Costs one copy, and none for even sides. */
export function padToEven(pixels: Pixels): Pixels {
  const { width, height, kind, data } = pixels;
  if (width % 2 === 0 && height % 2 === 0) return pixels;
  const [wide, high] = [width + (width % 2), height + (height % 2)];
  const size = pixelBytes(kind);
  const padded = Buffer.allocUnsafe(wide * high * size);
  for (let row = 0; row < high; row += 1) {
    const from = Math.min(row, height - 1) * width * size;
    const to = row * wide * size;
    data.copy(padded, to, from, from + width * size);
    if (wide > width) data.copy(padded, to + width * size, from + (width - 1) * size, from + width * size);
  }
  return { width: wide, height: high, kind, data: padded };
}

/** A picture of a byte a channel with two of them: 255 becomes 65,535. Others stay as they are. */
export function deepen(pixels: Pixels): Pixels {
  const { kind, data } = pixels;
  if (pixelLayouts[kind].bytes === 2) return pixels;
  const deep = Buffer.allocUnsafe(data.length * 2);
  for (let at = 0; at < data.length; at += 1) deep[2 * at] = deep[2 * at + 1] = data[at] ?? 0;
  return { ...pixels, kind: kind === 'rgb24' ? 'rgb48le' : 'rgba64le', data: deep };
}

/** The picture with an alpha that hides nothing. Of one that has alpha it stays as it is. */
export function withAlpha(pixels: Pixels): Pixels {
  const { kind, data } = pixels;
  const { bytes, channels } = pixelLayouts[kind];
  if (channels === 4) return pixels;
  const size = 3 * bytes;
  const wide = Buffer.alloc((data.length / size) * 4 * bytes, 0xff);
  for (let from = 0, to = 0; from < data.length; from += size, to += 4 * bytes)
    data.copy(wide, to, from, from + size);
  return { ...pixels, kind: kind === 'rgb24' ? 'rgba' : 'rgba64le', data: wide };
}

/** The picture on a colour like `#203040`, without alpha. Of one that has none it stays as it is. */
export function onBackground(pixels: Pixels, colour: string): Pixels {
  const { kind, data } = pixels;
  const { bytes, channels } = pixelLayouts[kind];
  if (channels === 3) return pixels;
  const most = bytes === 1 ? 255 : 65_535;
  const back = [1, 3, 5].map((at) => (Number.parseInt(colour.slice(at, at + 2), 16) * most) / 255);
  const get = bytes === 1 ? (at: number) => data[at] ?? 0 : (at: number) => data.readUInt16LE(2 * at);
  const flat = Buffer.allocUnsafe((data.length / 4) * 3);
  const set = (at: number, value: number) =>
    bytes === 1 ? flat.writeUInt8(value, at) : flat.writeUInt16LE(value, 2 * at);
  for (let from = 0, to = 0; from < data.length / bytes; from += 4, to += 3) {
    const alpha = get(from + 3) / most;
    for (let channel = 0; channel < 3; channel += 1)
      set(to + channel, Math.round(get(from + channel) * alpha + (back[channel] ?? 0) * (1 - alpha)));
  }
  return { ...pixels, kind: bytes === 1 ? 'rgb24' : 'rgb48le', data: flat };
}
