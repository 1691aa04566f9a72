import { execFile } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';

const run = promisify(execFile);

/** A backdrop larger than the picture: smooth light, clouds and hard edges, as renders have them. */
const backdrop = `<svg xmlns="http://www.w3.org/2000/svg" width="2600" height="1500">
  <defs>
    <linearGradient id="sky" x2="0.3" y2="1"><stop stop-color="#16224e"/><stop offset="0.5" stop-color="#c9794f"/><stop offset="1" stop-color="#2b1a24"/></linearGradient>
    <radialGradient id="sun" cx="0.3" cy="0.4" r="0.5"><stop stop-color="#fff1c8"/><stop offset="0.1" stop-color="#ffb469" stop-opacity="0.8"/><stop offset="1" stop-color="#ffb469" stop-opacity="0"/></radialGradient>
    <filter id="cloud"><feTurbulence type="fractalNoise" baseFrequency="0.004 0.012" numOctaves="6" seed="3"/><feColorMatrix values="0 0 0 0 1  0 0 0 0 0.9  0 0 0 0 0.85  0.9 0 0 0 -0.35"/></filter>
    <filter id="rock"><feTurbulence type="fractalNoise" baseFrequency="0.03" numOctaves="4" seed="9"/><feColorMatrix values="0.3 0 0 0 0.05  0.24 0 0 0 0.05  0.2 0 0 0 0.06  0 0 0 0 1"/></filter>
    <clipPath id="ridge"><path d="M0 1100 L300 900 L520 1010 L800 780 L1150 1040 L1500 860 L1900 1080 L2250 900 L2600 1060 V1500 H0Z"/></clipPath>
  </defs>
  <rect width="2600" height="1500" fill="url(#sky)"/><rect width="2600" height="1500" fill="url(#sun)"/>
  <rect width="2600" height="1000" filter="url(#cloud)" opacity="0.6"/>
  <g clip-path="url(#ridge)"><rect width="2600" height="1500" filter="url(#rock)"/></g>
</svg>`;

const ball = (light: string, dark: string, size: number) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}"><defs>
  <radialGradient id="b" cx="0.35" cy="0.3" r="0.75"><stop stop-color="#ffffff"/><stop offset="0.2" stop-color="${light}"/><stop offset="1" stop-color="${dark}"/></radialGradient></defs>
  <circle cx="${size / 2}" cy="${size / 2}" r="${size / 2 - 2}" fill="url(#b)"/></svg>`;

/**
 * `count` PNG files of 1920x1080 that are like renders: a camera that moves over light, clouds and rock, three
 * shaded balls in front of it, and the grain that is left of a path tracer's noise. Found again when they are there.
 */
export async function makeFrames(ffmpeg: string, folder: string, count: number): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const there = await listFrames(folder);
  if (there.length === count) return there;
  const layers = [
    backdrop,
    ball('#e86a5a', '#3a0f16', 420),
    ball('#6ab7e8', '#0d2340', 260),
    ball('#f0d27a', '#4a3208', 160),
  ];
  const inputs: string[] = [];
  for (const [at, svg] of layers.entries()) {
    const path = join(folder, `layer-${at}.png`);
    await sharp(Buffer.from(svg)).png().toFile(path);
    inputs.push('-framerate', '24', '-i', path);
  }
  // Each picture is read once and stays: to read it for every frame would take most of the time.
  const stays = layers.map((_, at) => `[${at}]loop=-1:1:0,setpts=N/24/TB[layer${at}]`);
  const scene = [
    ...stays,
    `[layer0]crop=1920:1080:x='340+330*sin(t*0.35)':y='210+200*sin(t*0.22)'[a]`,
    `[a][layer1]overlay=x='750+700*sin(t*0.8)':y='330+260*cos(t*0.6)'[b]`,
    `[b][layer2]overlay=x='830+800*cos(t*0.5)':y='420+380*sin(t*0.9)'[c]`,
    `[c][layer3]overlay=x='900+850*sin(t*1.3+1)':y='460+400*cos(t*1.1)',noise=alls=3:allf=t,format=rgb24`,
  ].join(';');
  const out = ['-frames:v', String(count), '-compression_level', '1', join(folder, '%05d.png')];
  await run(ffmpeg, ['-v', 'error', ...inputs, '-filter_complex', scene, ...out]);
  return listFrames(folder);
}

async function listFrames(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{5}\.png$/.test(name)).sort();
  return names.map((name) => join(folder, name));
}
