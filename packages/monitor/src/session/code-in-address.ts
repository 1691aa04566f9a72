/** The one-time code of an address such as `/#code=XXXX`, or null. */
export function codeInAddress(hash: string): string | null {
  const code = new URLSearchParams(hash.replace(/^#/, '')).get('code');
  return hash.startsWith('#code=') && code ? code : null;
}

/** Takes the code out of the address at once, so that it stays neither on the screen nor in the history. */
export function takeCode(location: Location, history: History): string | null {
  const code = codeInAddress(location.hash);
  if (location.hash.startsWith('#code=')) {
    history.replaceState(null, '', `${location.pathname}${location.search}`);
  }
  return code;
}
