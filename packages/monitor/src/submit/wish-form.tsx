import { Checkbox, NumberInput, TextInput } from '@mantine/core';
import type { FilmFields } from '../film/film-wish.ts';
import styles from './submit.module.css';

/** What a person may say of a job before it is sent; empty means as the scene has it. */
export interface WishFields {
  readonly name: string;
  readonly submitter: string;
  readonly frames: string;
  readonly film: FilmFields;
  readonly scale: number | '';
  readonly samples: number | '';
  readonly priority: number | '';
  readonly tags: string;
  readonly trustScripts: boolean;
  readonly allowMissing: boolean;
}

export function WishForm({
  fields,
  onChange,
}: {
  fields: WishFields;
  onChange: (fields: WishFields) => void;
}) {
  const set = <Key extends keyof WishFields>(key: Key, value: WishFields[Key]) =>
    onChange({ ...fields, [key]: value });
  return (
    <div className={styles.fields}>
      <TextInput
        label="Name of the job"
        value={fields.name}
        maxLength={200}
        required
        onChange={(event) => set('name', event.currentTarget.value)}
      />
      <TextInput
        label="Your name"
        value={fields.submitter}
        maxLength={200}
        required
        autoComplete="name"
        onChange={(event) => set('submitter', event.currentTarget.value)}
      />
      <TextInput
        label="Frames"
        description="Such as 1-250, 1,5,9 or 1-100x5"
        placeholder="As the scene has them"
        value={fields.frames}
        onChange={(event) => set('frames', event.currentTarget.value)}
      />
      <NumberInput
        label="Size"
        description="Percent of the scene’s"
        placeholder="100"
        suffix=" %"
        min={1}
        max={1000}
        allowDecimal={false}
        value={fields.scale}
        onChange={(value) => set('scale', whole(value))}
      />
      <NumberInput
        label="Samples"
        description="For a pixel, in Cycles and Eevee"
        placeholder="As the scene has them"
        min={1}
        max={1_000_000}
        allowDecimal={false}
        value={fields.samples}
        onChange={(value) => set('samples', whole(value))}
      />
      <NumberInput
        label="Priority"
        description="0 to 100, the higher first"
        placeholder="50"
        min={0}
        max={100}
        allowDecimal={false}
        value={fields.priority}
        onChange={(value) => set('priority', whole(value))}
      />
      <TextInput
        label="Tags"
        description="Only workers with all of these"
        value={fields.tags}
        onChange={(event) => set('tags', event.currentTarget.value)}
      />
      <Checkbox
        label="Run the scene’s scripts"
        description="Only for files you trust; they run in the sandbox"
        checked={fields.trustScripts}
        onChange={(event) => set('trustScripts', event.currentTarget.checked)}
      />
      <Checkbox
        label="Render although files are missing or drivers fail"
        description="What is missing shows pink, or not at all; what a driver moved stays"
        checked={fields.allowMissing}
        onChange={(event) => set('allowMissing', event.currentTarget.checked)}
      />
    </div>
  );
}

function whole(value: number | string): number | '' {
  return typeof value === 'number' ? value : '';
}
