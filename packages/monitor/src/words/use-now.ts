import { useEffect, useState } from 'react';

/** The time, renewed every `every` milliseconds, for words such as "2 minutes ago". */
export function useNow(every = 10_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
