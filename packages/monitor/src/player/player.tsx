import type { Job } from '@akashganga/protocol';
import { type KeyboardEvent, useRef, useState } from 'react';
import { frameAt, stateAt } from '../frames/frame-board.ts';
import type { BoardView } from '../frames/use-frame-board.ts';
import { ExactPicture } from './exact-picture.tsx';
import { GapMark } from './gap-mark.tsx';
import { heldAt, isDone } from './held-frame.ts';
import styles from './player.module.css';
import { PlayerControls } from './player-controls.tsx';
import { keyAction } from './player-keys.ts';
import { ScrubBar } from './scrub-bar.tsx';
import { useFilmPlayer } from './use-film-player.ts';

/** The film of a job: as it grows, and when it is done. */
export function Player({ job, view }: { job: Job; view: BoardView }) {
  const { board, version } = view;
  const { video, player, state, rate } = useFilmPlayer(job, view);
  const box = useRef<HTMLElement>(null);
  const [muted, setMuted] = useState(false);
  const total = job.frames.total;
  const position = state?.position ?? 0;
  const held = heldAt(board, position);
  const grows = state?.source === 'growing' && job.frames.done < total;
  const isGap = state?.source === 'growing' && (state.playing ? state.held : null) === true;
  const marks = isGap || (state?.source === 'growing' && !state.playing && !isDone(board, position));

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (!player || event.ctrlKey || event.altKey || event.metaKey || belongsElsewhere(event)) return;
    const act = keyAction(event.key, event.shiftKey, total);
    if (!act) return;
    event.preventDefault();
    act(player);
  };
  return (
    <section ref={box} className={styles.player} aria-label="Player" onKeyDown={onKeyDown}>
      <div className={styles.screen}>
        <video
          ref={video}
          playsInline
          muted={muted}
          preload="metadata"
          aria-label={`The film of ${job.name}`}
          data-position={position}
          onClick={() => player?.toggle()}
        />
        {!state?.playing && held >= 0 && (
          <ExactPicture key={job.id} {...{ job, board }} place={held} following={state?.following ?? false} />
        )}
        {marks && (
          <GapMark
            frame={frameAt(board, position)}
            state={stateAt(board, position)}
            held={held >= 0 && held !== position ? frameAt(board, held) : null}
          />
        )}
        {state?.waiting && <p className={styles.gap}>That is all there is so far</p>}
        {state?.problem && (
          <p className={styles.gap} role="alert">
            {state.problem}
          </p>
        )}
      </div>
      <ScrubBar
        board={board}
        version={version}
        position={position}
        rate={rate}
        onSeek={(to) => player?.seek(to)}
      />
      {player && state && (
        <PlayerControls
          {...{ player, state, rate, total, grows, muted, frame: frameAt(board, position) }}
          onMute={() => setMuted(!muted)}
          onWhole={() => void toggleWhole(box.current)}
        />
      )}
    </section>
  );
}

/** A button is pressed with the space bar, a list of speeds is walked with arrows. */
function belongsElsewhere({ key, target }: KeyboardEvent<HTMLElement>): boolean {
  if (target instanceof HTMLSelectElement) return true;
  return key === ' ' && target instanceof HTMLButtonElement;
}

async function toggleWhole(box: HTMLElement | null): Promise<void> {
  // A browser that does not allow it leaves the page as it is.
  if (document.fullscreenElement) await document.exitFullscreen().catch(() => undefined);
  else await box?.requestFullscreen?.().catch(() => undefined);
}
