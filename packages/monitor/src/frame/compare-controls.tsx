import { NumberInput, SegmentedControl } from '@mantine/core';
import { useId } from 'react';
import styles from './frame-page.module.css';
import { useDifference } from './use-difference.ts';
import type { Compare } from './viewer.tsx';

interface ControlsProps {
  readonly frame: number;
  readonly other: number | null;
  readonly compare: Compare;
  readonly wipe: number;
  readonly gain: number;
  readonly addresses: { readonly picture: string; readonly other: string | null };
  readonly onOther: (frame: number | null) => void;
  readonly onCompare: (compare: Compare) => void;
  readonly onWipe: (percent: number) => void;
  readonly onGain: (times: number) => void;
}

/** With which frame a frame is compared, and how. */
export function CompareControls(props: ControlsProps) {
  const { frame, other, compare, wipe, gain, addresses } = props;
  return (
    <div className={styles.controls}>
      <NumberInput
        label="Compare with frame"
        size="sm"
        value={other ?? ''}
        allowDecimal={false}
        onChange={(value) => props.onOther(typeof value === 'number' && value !== frame ? value : null)}
      />
      {other !== null && (
        <SegmentedControl
          aria-label="How to compare"
          size="sm"
          value={compare}
          onChange={(value) => props.onCompare(value as Compare)}
          data={[
            { value: 'wipe', label: 'Wipe' },
            { value: 'difference', label: 'Difference' },
            { value: 'alone', label: `Frame ${frame} alone` },
          ]}
        />
      )}
      {other !== null && compare === 'wipe' && (
        <Range
          label={`Frame ${frame} | frame ${other}`}
          {...{ min: 0, max: 100, step: 1, value: wipe }}
          says={`${wipe} %`}
          onChange={props.onWipe}
        />
      )}
      {other !== null && compare === 'difference' && (
        <>
          <Range
            label="Differences brighter"
            {...{ min: 1, max: 32, step: 1, value: gain }}
            says={`${gain} times`}
            onChange={props.onGain}
          />
          <Difference picture={addresses.picture} other={addresses.other} />
        </>
      )}
    </div>
  );
}

function Difference({ picture, other }: { picture: string; other: string | null }) {
  const words = useDifference(picture, other);
  return (
    <p className={styles.words} role="status">
      {words}
    </p>
  );
}

/** A slider of the browser's own, with its value in words. */
export function Range(props: {
  label: string;
  min: number;
  max: number;
  step: number;
  value: number;
  says: string;
  onChange: (value: number) => void;
}) {
  const id = useId();
  const { label, min, max, step, value, says, onChange } = props;
  return (
    <span className={styles.range}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="range"
        {...{ min, max, step, value }}
        aria-valuetext={says}
        onChange={(event) => onChange(Number(event.currentTarget.value))}
      />
      <output htmlFor={id}>{says}</output>
    </span>
  );
}
