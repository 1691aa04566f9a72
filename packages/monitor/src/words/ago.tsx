import { ago, exactTime } from './duration.ts';
import { useNow } from './use-now.ts';

/** "3 minutes ago", with the exact time for whoever points at it. */
export function Ago({ at }: { at: number }) {
  const now = useNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={exactTime(at)}>
      {ago(at, now)}
    </time>
  );
}
