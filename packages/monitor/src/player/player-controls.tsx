import { ActionIcon } from '@mantine/core';
import { Icon, type IconName } from '../icons/icon.tsx';
import { number } from '../words/amount.ts';
import { type FilmRate, timecode } from './film-clock.ts';
import type { FilmPlayer, PlayerState } from './film-player.ts';
import styles from './player.module.css';

const SPEEDS = [0.25, 0.5, 1, 2, 4];

interface ControlsProps {
  readonly player: FilmPlayer;
  readonly state: PlayerState;
  readonly rate: FilmRate;
  readonly frame: number;
  readonly total: number;
  /** There is more of the film to come. */
  readonly grows: boolean;
  readonly muted: boolean;
  readonly onMute: () => void;
  readonly onWhole: () => void;
}

/** What one can do with the film, and where it is. */
export function PlayerControls(props: ControlsProps) {
  const { player, state, rate, frame, total, grows, muted, onMute, onWhole } = props;
  return (
    <div className={styles.controls}>
      <Control icon="stepBack" says="One frame back" onClick={() => player.step(-1)} />
      <Control
        icon={state.playing ? 'pause' : 'play'}
        says={state.playing ? 'Pause' : 'Play'}
        onClick={() => player.toggle()}
      />
      <Control icon="stepOn" says="One frame on" onClick={() => player.step(1)} />
      <p className={styles.place}>
        <b>Frame {frame}</b>
        <span>
          {timecode(state.position, rate)} of {timecode(total, rate)}, {number(total)} frames
        </span>
      </p>
      {grows && (
        <button
          type="button"
          className={styles.live}
          aria-pressed={state.following}
          onClick={() => player.follow()}
        >
          <Icon name="live" size={16} /> Live
        </button>
      )}
      <select
        aria-label="Speed"
        value={state.speed}
        onChange={(event) => player.setSpeed(Number(event.currentTarget.value))}
      >
        {SPEEDS.map((speed) => (
          <option key={speed} value={speed}>
            {speed}×
          </option>
        ))}
      </select>
      <Control icon="loop" says="Loop" pressed={state.loop} onClick={() => player.setLoop(!state.loop)} />
      {state.source === 'film' && (
        <Control icon={muted ? 'silent' : 'sound'} says="Sound" pressed={!muted} onClick={onMute} />
      )}
      <Control icon="whole" says="Whole screen" onClick={onWhole} />
    </div>
  );
}

function Control(props: { icon: IconName; says: string; pressed?: boolean; onClick: () => void }) {
  const { icon, says, pressed, onClick } = props;
  return (
    <ActionIcon
      variant={pressed ? 'light' : 'subtle'}
      color={pressed ? 'star' : 'gray'}
      size="lg"
      aria-label={says}
      title={says}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
      onClick={onClick}
    >
      <Icon name={icon} size={20} />
    </ActionIcon>
  );
}
