/** Pictures a second, as a fraction. */
export interface FilmRate {
  readonly numerator: number;
  readonly denominator: number;
}

/** The rate of a scene: 24 over 1, 30 over 1.001. */
export function filmRate({ fps, base }: { readonly fps: number; readonly base: number }): FilmRate {
  return { numerator: fps, denominator: base };
}

/** When the picture at a position begins. Positions count from 0. Seconds. */
export function startOf(position: number, { numerator, denominator }: FilmRate): number {
  return (position * denominator) / numerator;
}

/** A time in the middle of a picture: a seek to its very begin may end one picture before. */
export function middleOf(position: number, rate: FilmRate): number {
  return startOf(position + 0.5, rate);
}

/** The position that is shown at a time. Containers round times, so a picture begins a quarter of itself sooner. */
export function positionAt(seconds: number, { numerator, denominator }: FilmRate, total: number): number {
  const position = Math.floor((seconds * numerator) / denominator + 0.25);
  return Math.max(0, Math.min(total - 1, position));
}

/** `0:07.12`: minutes, seconds and the picture in that second; with hours where there are any. */
export function timecode(position: number, rate: FilmRate): string {
  const seconds = startOf(position, rate);
  // A picture that begins with a second belongs to it, whatever the last bit of the division says.
  const whole = Math.floor(seconds + 1e-6);
  const picture = position - Math.ceil((whole * rate.numerator) / rate.denominator - 1e-6);
  const two = (number: number) => String(number).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const clock = hours > 0 ? `${hours}:${two(minutes)}` : String(minutes);
  return `${clock}:${two(whole % 60)}.${two(picture)}`;
}
