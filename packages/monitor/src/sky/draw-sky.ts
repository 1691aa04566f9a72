import { SKY_SPAN, type Sky, type Star, seeded } from './stars.ts';

/** A new star shines brightly for this long. Milliseconds. */
export const FLARE = 2400;
const FAR_STARS = 420;

const COOL = '#dfe6ff';
const WARM = '#ffe0b0';
const FAILED = '#ff7c93';

const glows = new Map<string, HTMLCanvasElement>();

export interface Sheet {
  readonly pen: CanvasRenderingContext2D;
  /** CSS pixels */
  readonly width: number;
  readonly height: number;
}

/** Height of the band's middle at `x` (both 0 to 1): it rises gently to the right. */
function middle(x: number): number {
  return 0.72 - 0.36 * x + 0.05 * Math.sin(x * 5);
}

/** Draws what stands still: the far stars and those that have stopped flaring. Costs a few milliseconds at most. */
export function drawStill(sheet: Sheet, sky: Sky, now: number, flare: number): void {
  sheet.pen.clearRect(0, 0, sheet.width, sheet.height);
  drawFarStars(sheet);
  for (const star of sky.stars) {
    const age = now - star.at;
    if (age >= flare && age <= SKY_SPAN) drawStar(sheet, star, age, 0);
  }
}

/** Draws the stars that flare at `now`, over the still ones. */
export function drawFlares(sheet: Sheet, sky: Sky, now: number): void {
  for (let index = sky.stars.length - 1; index >= 0; index -= 1) {
    const star = sky.stars[index];
    // The youngest stand last, a second of disorder aside.
    if (!star || now - star.at > FLARE + 2000) return;
    const age = now - star.at;
    if (age >= 0 && age < FLARE) drawStar(sheet, star, age, 1 - age / FLARE);
  }
}

function drawFarStars({ pen, width, height }: Sheet): void {
  const random = seeded(41);
  for (let n = 0; n < FAR_STARS; n += 1) {
    const x = random();
    const inBand = random() < 0.66;
    const spread = (random() + random() - 1) * 0.36;
    const y = inBand ? middle(x) + spread : random();
    const size = 0.3 + random() ** 3 * 0.7;
    pen.globalAlpha = 0.1 + random() * 0.3;
    pen.fillStyle = random() < 0.22 ? '#ffdcae' : '#c9d2ff';
    disc(pen, x * width, y * height, size);
  }
  pen.globalAlpha = 1;
}

function drawStar({ pen, width, height }: Sheet, star: Star, age: number, flare: number): void {
  const x = star.along * width;
  const y = (middle(star.along) + star.off * 0.2) * height;
  const rise = Math.min(1, age / 250 + (flare === 0 ? 1 : 0));
  const radius = 0.7 + star.size * 1 + flare * rise * 1.3;
  const fade = Math.min(1, (1 - age / SKY_SPAN) * 2.5);
  const colour = star.failed ? FAILED : star.size > 0.55 ? WARM : COOL;
  pen.fillStyle = colour;
  if (flare > 0 || star.size > 0.7) {
    const reach = radius * (4 + flare * 4.5);
    pen.globalAlpha = (0.3 + flare * 0.5) * rise * fade;
    pen.drawImage(glow(colour), x - reach, y - reach, reach * 2, reach * 2);
  }
  pen.globalAlpha = Math.min(1, 0.5 + star.size * 0.3 + flare) * rise * fade;
  disc(pen, x, y, radius);
  if (star.failed) cross(pen, x, y, radius + 2.5);
  pen.globalAlpha = 1;
}

/** A soft light of a colour, drawn once and then copied. */
function glow(colour: string): HTMLCanvasElement {
  const drawn = glows.get(colour);
  if (drawn) return drawn;
  const side = 64;
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = side;
  const pen = canvas.getContext('2d');
  if (pen) {
    const fall = pen.createRadialGradient(side / 2, side / 2, 0, side / 2, side / 2, side / 2);
    fall.addColorStop(0, colour);
    fall.addColorStop(0.25, `${colour}55`);
    fall.addColorStop(1, `${colour}00`);
    pen.fillStyle = fall;
    pen.fillRect(0, 0, side, side);
  }
  glows.set(colour, canvas);
  return canvas;
}

function disc(pen: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 7);
  pen.fill();
}

function cross(pen: CanvasRenderingContext2D, x: number, y: number, arm: number): void {
  pen.strokeStyle = FAILED;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(x - arm, y - arm);
  pen.lineTo(x + arm, y + arm);
  pen.moveTo(x + arm, y - arm);
  pen.lineTo(x - arm, y + arm);
  pen.stroke();
}
