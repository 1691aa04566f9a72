import { ActionIcon, Button } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { Icon } from '../icons/icon.tsx';
import { usePinch } from './use-pinch.ts';
import styles from './viewer.module.css';
import { fitted, moveBy, type Size, whole, type Zoom, zoomAt } from './zoom.ts';

export type Compare = 'alone' | 'wipe' | 'difference';

interface ViewerProps {
  /** The address of the picture, and of the one it is compared with. */
  readonly picture: string;
  readonly other: string | null;
  readonly says: string;
  readonly compare: Compare;
  /** Percent of the width at which the other picture begins. */
  readonly wipe: number;
  /** How many times brighter differences are shown. */
  readonly gain: number;
  /** To the frame before (-1) or after (1). */
  readonly onStep: (by: number) => void;
  readonly children?: ReactNode;
}

const STEP = 1.5;
const PAN = 60;

/** A picture that can be looked at closely: wheel, pinch, keys and buttons zoom; dragging and arrows move. */
export function Viewer(props: ViewerProps) {
  const { ref, width, height } = useElementSize<HTMLDivElement>();
  const box = { width, height };
  const [natural, setNatural] = useState<Size>({ width: 16, height: 9 });
  const [zoom, setZoom] = useState<Zoom>(whole);
  const fit = fitted(natural, box);
  const middle = { x: 0, y: 0 };
  const by = (times: number, at = middle) => setZoom((was) => zoomAt(was, at, times, fit, box));
  const move = (x: number, y: number) => setZoom((was) => moveBy(was, x, y, fit, box));
  const pixelScale = natural.width / Math.max(1, fit.width);
  const toPixels = () => by(pixelScale / zoom.scale);
  const screen = useRef<HTMLDivElement>(null);
  useWheelZoom(screen, by);
  const pinch = usePinch(by, move);

  const keys: Readonly<Record<string, () => void>> = {
    '+': () => by(STEP),
    '=': () => by(STEP),
    '-': () => by(1 / STEP),
    '0': () => setZoom(whole),
    '1': toPixels,
    ArrowLeft: () => move(PAN, 0),
    ArrowRight: () => move(-PAN, 0),
    ArrowUp: () => move(0, PAN),
    ArrowDown: () => move(0, -PAN),
    PageUp: () => props.onStep(-1),
    PageDown: () => props.onStep(1),
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const act = event.ctrlKey || event.altKey || event.metaKey ? undefined : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  const shape = {
    width: fit.width,
    height: fit.height,
    transform: `translate(${zoom.x}px, ${zoom.y}px) scale(${zoom.scale})`,
    imageRendering: zoom.scale > pixelScale * 2 ? ('pixelated' as const) : ('auto' as const),
  };
  return (
    <>
      <div
        ref={screen}
        className={styles.screen}
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: an application takes keys
        tabIndex={0}
        aria-label={`${props.says}. Plus and minus zoom, arrows move, 0 shows all of it, 1 its pixels, Page Up and Page Down other frames.`}
        data-near={zoom.scale > 1}
        onKeyDown={onKeyDown}
        {...pinch}
      >
        <div ref={ref} className={styles.room} data-compare={props.compare}>
          <Layers {...props} shape={shape} onNatural={setNatural} />
        </div>
      </div>
      <div className={styles.tools}>
        <ActionIcon variant="default" aria-label="Closer" onClick={() => by(STEP)}>
          <Icon name="plus" size={16} />
        </ActionIcon>
        <ActionIcon
          variant="default"
          aria-label="Further"
          disabled={zoom.scale === 1}
          onClick={() => by(1 / STEP)}
        >
          <Icon name="minus" size={16} />
        </ActionIcon>
        <Button variant="default" size="compact-sm" onClick={() => setZoom(whole)}>
          All of it
        </Button>
        <Button variant="default" size="compact-sm" onClick={toPixels}>
          Its pixels
        </Button>
        <output className={styles.scale} aria-label="Zoom">
          {Math.round((zoom.scale / pixelScale) * 100)} %
        </output>
        {props.children}
      </div>
    </>
  );
}

interface LayersProps extends ViewerProps {
  readonly shape: React.CSSProperties;
  readonly onNatural: (size: Size) => void;
}

function Layers({ picture, other, says, compare, wipe, gain, shape, onNatural }: LayersProps) {
  const [broken, setBroken] = useState<string | null>(null);
  const shown = compare !== 'alone' && other !== null ? other : null;
  return (
    <>
      <div
        className={styles.pair}
        style={compare === 'difference' ? { filter: `brightness(${gain})` } : undefined}
      >
        <div className={styles.layer}>
          <img
            src={picture}
            alt={says}
            style={shape}
            draggable={false}
            onLoad={({ currentTarget }) => {
              setBroken(null);
              onNatural({ width: currentTarget.naturalWidth, height: currentTarget.naturalHeight });
            }}
            onError={() => setBroken(picture)}
          />
        </div>
        {shown !== null && (
          <div
            className={styles.layer}
            data-over={compare}
            style={compare === 'wipe' ? { clipPath: `inset(0 0 0 ${wipe}%)` } : undefined}
          >
            <img
              src={shown}
              alt="The frame it is compared with"
              style={shape}
              draggable={false}
              onError={() => setBroken(shown)}
            />
          </div>
        )}
      </div>
      {shown !== null && compare === 'wipe' && (
        <i className={styles.edge} style={{ insetInlineStart: `${wipe}%` }} />
      )}
      {broken !== null && (broken === picture || broken === shown) && (
        <p className={styles.broken} role="alert">
          This picture cannot be shown.
        </p>
      )}
    </>
  );
}

// React listens to wheels passively, and then the page would scroll as well.
function useWheelZoom(
  screen: React.RefObject<HTMLDivElement | null>,
  by: (times: number, at: { x: number; y: number }) => void,
): void {
  const latest = useRef(by);
  latest.current = by;
  useEffect(() => {
    const element = screen.current;
    const onWheel = (event: WheelEvent) => {
      // Without the focus the wheel belongs to the page.
      if (!event.ctrlKey && !event.metaKey && document.activeElement !== element) return;
      event.preventDefault();
      const box = element?.getBoundingClientRect();
      if (!box) return;
      const at = { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 };
      latest.current(Math.exp(-Math.max(-1, Math.min(1, event.deltaY / 240))), at);
    };
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => element?.removeEventListener('wheel', onWheel);
  }, [screen]);
}
