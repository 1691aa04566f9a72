// What the manager takes as a path (ScenePath of the protocol); said here before anything is sent.
const LONGEST_PATH = 1024;
const LONGEST_NAME_BYTES = 255;
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³])[ ]*(\..*)?$/i;

/** A sentence for people when a file could not lie under its name on every computer of the farm, else null. */
export function checkNames(paths: readonly string[]): string | null {
  for (const path of paths) {
    const why = whyRefused(path);
    if (why) return `${shown(path)} cannot be sent: ${why}. Rename it and drop it again.`;
  }
  const seen = new Map<string, string>();
  for (const path of paths) {
    const other = seen.get(folded(path));
    if (other !== undefined)
      return `${shown(other)} and ${shown(path)} are one name on many systems. Rename one of them.`;
    seen.set(folded(path), path);
  }
  for (const path of paths) {
    const one = folded(path);
    for (let slash = one.indexOf('/'); slash > 0; slash = one.indexOf('/', slash + 1))
      if (seen.has(one.slice(0, slash)))
        return `${shown(path)} cannot be sent: its folder is a file too. Rename one of them.`;
  }
  return null;
}

function whyRefused(path: string): string | null {
  if (path.length > LONGEST_PATH) return `its path has more than ${LONGEST_PATH} letters`;
  for (const part of path.split('/')) {
    if (part === '' || part === '.' || part === '..') return 'its path leads elsewhere';
    if (new TextEncoder().encode(part).length > LONGEST_NAME_BYTES) return 'its name is too long';
    if (/[\p{Cc}\p{Cs}\\:*?"<>|]/u.test(part)) return 'its name has letters that not every system takes';
    if (/[. ]$/.test(part)) return 'its name ends in a dot or a blank';
    if (DEVICE.test(part)) return 'its name is that of a device on Windows';
  }
  return null;
}

// Many file systems take names that differ only in case, or in how an accent is written, for one.
function folded(path: string): string {
  return path.toLowerCase().normalize('NFC');
}

/** A name that may be made up to mislead: without control characters and marks of direction, and not for pages. */
export function shown(path: string): string {
  const plain = path.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '\ufffd');
  return plain.length > 80 ? `${plain.slice(0, 60)}…${plain.slice(-15)}` : plain;
}
