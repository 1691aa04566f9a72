import { useEffect, useState } from 'react';
import { differenceWords, pictureDifference } from './picture-difference.ts';

/** Larger pictures are compared by eye: counting would hold up the page. Pixels. */
const MOST_PIXELS = 4096 * 2304;

/** How far two pictures are apart, in words, once both are there. */
export function useDifference(picture: string, other: string | null): string {
  const [words, setWords] = useState('');
  useEffect(() => {
    let gone = false;
    setWords('');
    if (other === null) return;
    compare(picture, other).then(
      (found) => gone || setWords(found),
      () => gone || setWords('They cannot be compared: one of them is not there.'),
    );
    return () => {
      gone = true;
    };
  }, [picture, other]);
  return words;
}

async function compare(picture: string, other: string): Promise<string> {
  const [one, two] = await Promise.all([load(picture), load(other)]);
  if (one.naturalWidth !== two.naturalWidth || one.naturalHeight !== two.naturalHeight)
    return `They have different sizes: ${one.naturalWidth} × ${one.naturalHeight} and ${two.naturalWidth} × ${two.naturalHeight}.`;
  if (one.naturalWidth * one.naturalHeight > MOST_PIXELS) return 'They are too large to be counted here.';
  return differenceWords(pictureDifference(pixelsOf(one), pixelsOf(two)));
}

async function load(address: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
}

function pixelsOf(image: HTMLImageElement): Uint8ClampedArray {
  const canvas = document.createElement('canvas');
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  if (!pen) throw new Error('no canvas');
  pen.drawImage(image, 0, 0);
  return pen.getImageData(0, 0, canvas.width, canvas.height).data;
}
