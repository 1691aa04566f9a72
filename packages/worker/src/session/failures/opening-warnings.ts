const most = 10;
/** Blender's Python says what was under way and then, on a line of its own, what went wrong; of texts that register it is a report, `Error: Python: Traceback …`. */
const traceback = /^.*Traceback \(most recent call last\):\n((?:[ \t].*\n)*)(\S.*)/gm;

/**
 * Programs of a scene that failed while it was opened, a sentence for each: what they were to set up is missing from
 * every frame, and no frame's log says so. Drivers are left out, because the examination names those itself.
 */
export function openingWarnings(log: string): string[] {
  const found = [...log.matchAll(traceback)]
    .filter(([, where = '']) => !where.includes('"<bpy driver>"'))
    .map(
      ([, where = '', what = '']) =>
        `A program of the scene failed when it was opened${inFile(where)}: ${what}`,
    );
  return [...new Set(found)].slice(0, most).map((says) => says.slice(0, 4096));
}

/** The last place named is where it failed; a text inside the .blend has the path of the .blend before its name. */
function inFile(where: string): string {
  const file = [...where.matchAll(/^\s*File "([^"]*)", line (\d+)/gm)].at(-1);
  const name = file?.[1]?.split(/[/\\]/).at(-1);
  return name ? ` (${name}, line ${file?.[2]})` : '';
}
