/** A picture as bytes: red, green, blue, row after row, sRGB, on black where it was transparent. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Buffer;
}

/** The picture with its last column and row repeated where a side is odd. Costs one copy, and none for even sides. */
export function padToEven(pixels: Pixels): Pixels {
  const { width, height, data } = pixels;
  if (width % 2 === 0 && height % 2 === 0) return pixels;
  const [wide, high] = [width + (width % 2), height + (height % 2)];
  const padded = Buffer.allocUnsafe(wide * high * 3);
  for (let row = 0; row < high; row += 1) {
    const from = Math.min(row, height - 1) * width * 3;
    const to = row * wide * 3;
    data.copy(padded, to, from, from + width * 3);
    if (wide > width) data.copy(padded, to + width * 3, from + (width - 1) * 3, from + width * 3);
  }
  return { width: wide, height: high, data: padded };
}
