/** How far two pictures of the same size are apart, of 255, by the channel of each pixel that differs most. */
export interface PictureDifference {
  /** Of all pixels, those that differ at all. */
  readonly part: number;
  readonly most: number;
  readonly mean: number;
}

/** Compares two pictures of RGBA bytes. Throws when they are not of the same size. */
export function pictureDifference(one: Uint8ClampedArray, other: Uint8ClampedArray): PictureDifference {
  if (one.length !== other.length) throw new Error('the pictures have different sizes');
  const pixels = one.length / 4;
  let [differing, most, sum] = [0, 0, 0];
  for (let at = 0; at < one.length; at += 4) {
    let far = 0;
    for (let channel = 0; channel < 4; channel += 1) {
      const away = Math.abs((one[at + channel] ?? 0) - (other[at + channel] ?? 0));
      if (away > far) far = away;
    }
    if (far > 0) differing += 1;
    if (far > most) most = far;
    sum += far;
  }
  return { part: pixels === 0 ? 0 : differing / pixels, most, mean: pixels === 0 ? 0 : sum / pixels };
}

export function differenceWords({ part, most, mean }: PictureDifference): string {
  if (most === 0) return 'As the browser shows them, they are alike in every pixel.';
  const share = part >= 0.01 ? `${Math.round(part * 100)} %` : 'less than 1 %';
  return `They differ in ${share} of the pixels, by ${most} of 255 at most, ${mean.toFixed(2)} in the mean.`;
}
