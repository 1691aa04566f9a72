/** Frame numbers, ascending, as people write them: `1-5, 9, 12-14`. After `most` spans it says how many are left out. */
export function spans(frames: readonly number[], most = 12): string {
  const parts: string[] = [];
  let told = 0;
  let at = 0;
  while (at < frames.length && parts.length < most) {
    let end = at;
    while (end + 1 < frames.length && frames[end + 1] === (frames[end] ?? 0) + 1) end += 1;
    parts.push(end === at ? `${frames[at]}` : `${frames[at]}-${frames[end]}`);
    told += end - at + 1;
    at = end + 1;
  }
  const rest = frames.length - told;
  return rest > 0 ? `${parts.join(', ')} and ${rest} more` : parts.join(', ');
}
