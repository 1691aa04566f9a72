import type { Container, FilmCodec, FilmPreset } from '@akashganga/protocol';
import { Checkbox, NativeSelect, NumberInput } from '@mantine/core';
import styles from './film-form.module.css';
import { codecsOf, containers, type FilmFields, fitFilm, presetsOf } from './film-wish.ts';

const presetWords: Readonly<Record<FilmPreset, string>> = {
  web: 'Web: small, to be sent around',
  review: 'Review: to be looked at',
  master: 'Master: to be edited',
  archive: 'Archive: without any loss',
};

/** What a film shall be. Only what goes together is offered. */
export function FilmForm(props: { fields: FilmFields; onChange: (fields: FilmFields) => void }) {
  const { fields, onChange } = props;
  const set = (change: Partial<FilmFields>) => onChange(fitFilm({ ...fields, ...change }));
  const codecs = codecsOf(fields.container, fields.preset);
  return (
    <div className={styles.fields}>
      <NativeSelect
        label="Film"
        data={[...containers]}
        value={fields.container}
        onChange={(event) => set({ container: event.currentTarget.value as Container })}
      />
      <NativeSelect
        label="What it is for"
        data={presetsOf(fields.container).map((value) => ({ value, label: presetWords[value] }))}
        value={fields.preset}
        onChange={(event) => set({ preset: event.currentTarget.value as FilmPreset })}
      />
      <NativeSelect
        label="Codec"
        data={[{ value: '', label: 'What suits it' }, ...codecs.map((value) => ({ value, label: value }))]}
        value={fields.codec}
        onChange={(event) => set({ codec: event.currentTarget.value as FilmCodec | '' })}
      />
      <NumberInput
        label="Quality"
        description="1 to 100, more is better and larger"
        placeholder="As the preset has it"
        {...{ min: 1, max: 100, allowDecimal: false, value: fields.quality }}
        onChange={(value) => set({ quality: numberOf(value) })}
      />
      <NumberInput
        label="Pictures a second"
        description="The rate of the film"
        placeholder="As the scene has it"
        {...{ min: 0.01, max: 1000, value: fields.fps }}
        onChange={(value) => set({ fps: numberOf(value) })}
      />
      <NumberInput
        label="Film size"
        description="Percent of the frames’"
        placeholder="100"
        suffix=" %"
        {...{ min: 1, max: 400, value: fields.percent }}
        onChange={(value) => set({ percent: numberOf(value) })}
      />
      <Checkbox
        label="Strict"
        description="No film if a frame failed; otherwise a marked picture takes its place"
        checked={fields.strict}
        onChange={(event) => set({ strict: event.currentTarget.checked })}
      />
    </div>
  );
}

function numberOf(value: number | string): number | '' {
  return typeof value === 'number' && value > 0 ? value : '';
}
