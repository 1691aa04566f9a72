import { useQueryClient } from '@tanstack/react-query';
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { farmFiles } from '../api/farm-api.ts';
import { known, putChanges, readAgain } from '../api/queries.ts';
import type { Changes } from './changes.ts';
import { type Connection, LiveFarm } from './live-farm.ts';

/** A hidden page draws no frames, but what it gathered must not grow old. Milliseconds. */
const HIDDEN_WAIT = 1000;

/** Between two renders, milliseconds: the farm tells what changed ten times a second, in many events at once. */
const REST = 100;

let drawnAt = 0;

function whenDrawing(draw: () => void): void {
  if (document.hidden) {
    setTimeout(draw, HIDDEN_WAIT);
    return;
  }
  const wait = drawnAt + REST - performance.now();
  const drawNow = () =>
    requestAnimationFrame(() => {
      drawnAt = performance.now();
      draw();
    });
  if (wait <= 0) drawNow();
  else setTimeout(drawNow, wait);
}

type Listener = (changes: Changes) => void;

interface Live {
  readonly connection: Connection;
  /** Whether the farm has told its events once: who asks before would have to ask again. */
  readonly hasOpened: boolean;
  /** When the page last knew that what it shows is so; null while it does. Milliseconds. */
  readonly lostAt: number | null;
  /** Rises each time everything was read again: what was built up from events starts anew then. */
  readonly epoch: number;
  readonly subscribe: (listener: Listener) => () => void;
}

const LiveContext = createContext<Live>({
  connection: 'joining',
  hasOpened: false,
  lostAt: null,
  epoch: 0,
  subscribe: () => () => undefined,
});

export function useLive(): Live {
  return useContext(LiveContext);
}

/** Calls `listener` with every batch of changes, once per drawn frame at most. */
export function useChanges(listener: Listener): void {
  const { subscribe } = useLive();
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => subscribe((changes) => latest.current(changes)), [subscribe]);
}

export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const listeners = useRef(new Set<Listener>());
  const [state, setState] = useState({
    connection: 'joining' as Connection,
    hasOpened: false,
    lostAt: null as number | null,
    epoch: 0,
  });

  useEffect(() => {
    const farm = new LiveFarm({
      openSource: () => new EventSource(farmFiles.events()),
      whenDrawing,
      onRefused: () => void client.refetchQueries({ queryKey: known.farm }),
      readAgain: () => readAgain(client),
      putChanges: (changes) => {
        putChanges(client, changes);
        for (const listener of listeners.current) listener(changes);
      },
      onConnection: (connection) =>
        setState((was) => ({
          ...was,
          connection,
          lostAt: connection === 'lost' ? (was.lostAt ?? Date.now()) : null,
          epoch: was.epoch + (connection === 'live' ? 1 : 0),
        })),
      onOpen: () => setState((was) => ({ ...was, hasOpened: true })),
    });
    return () => farm.close();
  }, [client]);

  const subscribe = useCallback((listener: Listener) => {
    listeners.current.add(listener);
    return () => {
      listeners.current.delete(listener);
    };
  }, []);
  const live = useMemo<Live>(() => ({ ...state, subscribe }), [state, subscribe]);
  return <LiveContext value={live}>{children}</LiveContext>;
}
