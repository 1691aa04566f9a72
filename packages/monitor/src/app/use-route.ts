import { useMemo, useSyncExternalStore } from 'react';
import { type Route, routeOf } from './route.ts';

function onHash(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(onHash, () => window.location.hash);
  return useMemo(() => routeOf(hash), [hash]);
}
