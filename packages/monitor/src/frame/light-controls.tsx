import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { farmApi } from '../api/farm-api.ts';
import { Range } from './compare-controls.tsx';
import styles from './frame-page.module.css';
import type { LightView } from './shown-picture.ts';

const STOPS = 10;

/** Of a frame that holds light: brighter or darker, and which layer. */
export function LightControls(props: {
  job: string;
  frame: number;
  view: LightView;
  onView: (view: LightView) => void;
}) {
  const { job, frame, view, onView } = props;
  const layers = useQuery({
    queryKey: ['frame-layers', job, frame],
    queryFn: ({ signal }) => farmApi.layers(job, frame, signal),
  });
  return (
    <div className={styles.controls}>
      <Range
        label="Exposure"
        {...{ min: -STOPS, max: STOPS, step: 0.5, value: view.exposure }}
        says={`${view.exposure > 0 ? '+' : ''}${view.exposure} stops`}
        onChange={(exposure) => onView({ ...view, exposure })}
      />
      {layers.data && layers.data.length > 1 && (
        <NativeSelect
          label="Layer"
          size="sm"
          value={view.layer ?? ''}
          onChange={(event) => onView({ ...view, layer: event.currentTarget.value || null })}
          data={[
            { value: '', label: 'The picture' },
            ...layers.data.map((name) => ({ value: name, label: name })),
          ]}
        />
      )}
    </div>
  );
}
