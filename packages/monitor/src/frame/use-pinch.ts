import { type PointerEvent, useRef } from 'react';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** One finger (or the mouse) moves, two zoom about the place between them. Places are from the middle of the element. */
export function usePinch(zoom: (times: number, at: Point) => void, move: (x: number, y: number) => void) {
  const down = useRef(new Map<number, Point>());
  const release = (event: PointerEvent) => {
    down.current.delete(event.pointerId);
  };
  return {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      down.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      const before = down.current.get(event.pointerId);
      if (!before) return;
      const now = { x: event.clientX, y: event.clientY };
      const [other] = [...down.current].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
      down.current.set(event.pointerId, now);
      if (!other) return move(now.x - before.x, now.y - before.y);
      const box = event.currentTarget.getBoundingClientRect();
      const at = {
        x: (now.x + other.x) / 2 - box.left - box.width / 2,
        y: (now.y + other.y) / 2 - box.top - box.height / 2,
      };
      zoom(apart(now, other) / Math.max(1, apart(before, other)), at);
    },
    onPointerUp: release,
    onPointerCancel: release,
  };
}

function apart(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
