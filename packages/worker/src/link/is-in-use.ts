import { readdirSync, statSync } from 'node:fs';

/** Somebody who typed within this time sits at the computer. */
const IDLE_MS = 5 * 60_000;

/**
 * Whether somebody uses this computer: a key was read from one of its terminals lately. Linux tells it by the time
 * at which a terminal was last read; where nothing is told, nobody is taken to be there. Costs a few system calls.
 */
export function isInUse(devices = '/dev', now = Date.now()): boolean {
  return terminals(devices).some((path) => {
    try {
      return now - statSync(path).atimeMs < IDLE_MS;
    } catch {
      return false;
    }
  });
}

function terminals(devices: string): string[] {
  const consoles = names(devices).filter((name) => /^tty[1-9]\d?$/.test(name));
  const windows = names(`${devices}/pts`).filter((name) => /^\d+$/.test(name));
  return [
    ...consoles.map((name) => `${devices}/${name}`),
    ...windows.map((name) => `${devices}/pts/${name}`),
  ];
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
