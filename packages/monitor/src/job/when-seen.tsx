import { type ReactNode, useEffect, useRef, useState } from 'react';

/** Its children are made when they come near the screen, and stay: what costs the farm a look is not asked for unseen. */
export function WhenSeen({ children }: { children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (!place.current || seen) return;
    const watcher = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setSeen(true);
      },
      { rootMargin: '120px' },
    );
    watcher.observe(place.current);
    return () => watcher.disconnect();
  }, [seen]);
  return <div ref={place}>{seen ? children : <div style={{ minHeight: 80 }} />}</div>;
}
