import { SegmentedControl } from '@mantine/core';

export type FarBack = 'hour' | 'day';

/** The stretch of time that charts show. */
export function HowFarBack({ of, onChange }: { of: FarBack; onChange: (of: FarBack) => void }) {
  return (
    <SegmentedControl
      size="xs"
      aria-label="How far back"
      data={[
        { value: 'hour', label: 'Last hour' },
        { value: 'day', label: 'Last day' },
      ]}
      value={of}
      onChange={(value) => onChange(value === 'day' ? 'day' : 'hour')}
    />
  );
}
