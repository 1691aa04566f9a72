import stringWidth from 'string-width';
import { plain } from '../output/words.ts';

const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Text in exactly `width` columns of a terminal: cut with an ellipsis, or filled up with blanks. Harmless, whatever it holds. */
export function fitText(text: string, width: number): string {
  const clean = plain(text);
  if (stringWidth(clean) <= width) return clean + ' '.repeat(width - stringWidth(clean));
  let kept = '';
  let columns = 0;
  for (const { segment } of letters.segment(clean)) {
    const wide = stringWidth(segment);
    if (columns + wide > width - 1) break;
    kept += segment;
    columns += wide;
  }
  return width < 1 ? '' : `${kept}…${' '.repeat(width - 1 - columns)}`;
}
