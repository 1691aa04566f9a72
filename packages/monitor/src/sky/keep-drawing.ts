import { drawFlares, drawStill, FLARE, type Sheet } from './draw-sky.ts';
import type { Sky } from './stars.ts';

/** How often flares are drawn, how often the still stars. Milliseconds. */
const FLARE_BEAT = 50;
const STILL_BEAT = 3000;
const CALM_BEAT = 10_000;

/**
 * Keeps the sky drawn until `stop`. The many still stars are kept as a picture, so a beat costs that picture
 * and the few stars that flare; without flares nothing is drawn but the fading, every few seconds.
 */
export function keepDrawing(canvas: HTMLCanvasElement, sky: Sky, calm: boolean) {
  const still = sheetOf(document.createElement('canvas'));
  const shown = sheetOf(canvas);
  if (!still || !shown) return { beat: () => undefined, stop: () => undefined };
  const size = { width: 0, height: 0 };
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stillAt = 0;

  const draw = () => {
    clearTimeout(timer);
    const now = Date.now();
    const flares = !calm && now - (sky.stars.at(-1)?.at ?? 0) < FLARE;
    if (!document.hidden && size.width > 0) {
      if (now - stillAt >= (flares ? STILL_BEAT / 3 : STILL_BEAT)) {
        stillAt = now;
        drawStill({ pen: still, ...size }, sky, now, calm ? 0 : FLARE);
      }
      shown.clearRect(0, 0, size.width, size.height);
      shown.drawImage(still.canvas, 0, 0, size.width, size.height);
      if (!calm) drawFlares({ pen: shown, ...size }, sky, now);
    }
    timer = setTimeout(draw, flares ? FLARE_BEAT : calm ? CALM_BEAT : STILL_BEAT);
  };
  const fit = new ResizeObserver(() => {
    size.width = canvas.clientWidth;
    size.height = canvas.clientHeight;
    for (const pen of [still, shown]) scaleTo(pen, size);
    stillAt = 0;
    draw();
  });
  fit.observe(canvas);
  let asked = 0;
  return {
    // Many batches within one beat cost one drawing.
    beat: () => {
      if (Date.now() - asked < FLARE_BEAT) return;
      asked = Date.now();
      draw();
    },
    stop: () => {
      clearTimeout(timer);
      fit.disconnect();
    },
  };
}

function sheetOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
  return canvas.getContext('2d');
}

function scaleTo(pen: CanvasRenderingContext2D, { width, height }: Omit<Sheet, 'pen'>): void {
  const scale = Math.min(2, window.devicePixelRatio || 1);
  pen.canvas.width = Math.round(width * scale);
  pen.canvas.height = Math.round(height * scale);
  pen.setTransform(scale, 0, 0, scale, 0, 0);
}
