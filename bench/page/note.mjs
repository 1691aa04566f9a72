/// <reference lib="dom" />
// Runs inside a page, from before its own scripts: notes in `window.notes` what `noted.ts` describes. It is not compiled,
// since a compiler's own helpers would be missing there.
const notes = { stoodAt: null, long: [], gaps: [] };
Object.assign(window, { notes });
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) notes.long.push(duration);
}).observe({ type: 'longtask', buffered: true });
let last = performance.now();
const look = (now) => {
  notes.gaps.push(now - last);
  last = now;
  if (notes.stoodAt === null && window.stands()) notes.stoodAt = performance.now();
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
