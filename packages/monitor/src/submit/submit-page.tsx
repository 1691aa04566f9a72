import { Button, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { links } from '../app/route.ts';
import { FilmForm } from '../film/film-form.tsx';
import { Icon } from '../icons/icon.tsx';
import { bytes, count } from '../words/amount.ts';
import { DropArea } from './drop-area.tsx';
import { blendsIn, bytesOf } from './files/scene-files.ts';
import styles from './submit.module.css';
import { chooseEntry, clearDesk, type Draft, layDown, useDesk } from './submit-desk.ts';
import { TravelBar } from './travel-bar.tsx';
import { useSubmit } from './use-submit.ts';
import { freshFields, wishFrom } from './wish.ts';
import { WishForm } from './wish-form.tsx';

/** Give the farm a scene: drop it, say what is wanted, and it travels. */
export function SubmitPage() {
  const desk = useDesk();
  return (
    <section className={styles.page} aria-label="Submit a scene">
      <h1>Submit a scene</h1>
      {desk.state === 'ready' ? (
        <Ready key={desk.draft.entry} draft={desk.draft} />
      ) : (
        <>
          {desk.state === 'empty' && desk.says !== null && (
            <p className={styles.wrong} role="alert">
              <Icon name="warning" /> {desk.says}
            </p>
          )}
          <DropArea
            title={desk.state === 'opening' ? 'Opening…' : 'Drop your scene here'}
            says="A .blend with everything packed into it, the folder it lies in, or a zip of that folder."
            busy={desk.state === 'opening'}
            onFiles={(files) => void layDown(files)}
          />
          <p className={styles.hint}>
            With files in many places, <code>./akashganga submit scene.blend</code> finds and sends them all.
          </p>
        </>
      )}
    </section>
  );
}

function Ready({ draft }: { draft: Draft }) {
  const [fields, setFields] = useState(() => freshFields(draft));
  const submitting = useSubmit();
  const send = async (lookFirst: boolean) => {
    const job = await submitting.submit(draft, wishFrom(fields, lookFirst));
    if (job === null) return;
    clearDesk();
    window.location.hash = links.job(job);
  };
  return (
    <form
      className={styles.ready}
      onSubmit={(event) => {
        event.preventDefault();
        void send(true);
      }}
    >
      <Contents draft={draft} busy={submitting.isUnderWay} />
      <fieldset disabled={submitting.isUnderWay}>
        <legend>What is wanted</legend>
        <WishForm fields={fields} onChange={setFields} />
      </fieldset>
      <fieldset disabled={submitting.isUnderWay}>
        <legend>The film</legend>
        <FilmForm fields={fields.film} onChange={(film) => setFields({ ...fields, film })} />
      </fieldset>
      {submitting.says !== null && (
        <p className={styles.wrong} role="alert">
          <Icon name="warning" /> {submitting.says}
        </p>
      )}
      {submitting.isUnderWay ? (
        <TravelBar submitting={submitting} />
      ) : (
        <div className={styles.picks}>
          <Button type="submit" size="md" leftSection={<Icon name="search" />}>
            Send and look first
          </Button>
          <Button
            variant="light"
            size="md"
            leftSection={<Icon name="play" />}
            onClick={() => void send(false)}
          >
            Send and render
          </Button>
        </div>
      )}
      <p className={styles.hint}>
        Looking first reads the scene, says what is missing, and renders nothing until you start it.
      </p>
    </form>
  );
}

function Contents({ draft, busy }: { draft: Draft; busy: boolean }) {
  const blends = blendsIn(draft.files);
  return (
    <div className={styles.contents}>
      <Icon name="picture" size={26} />
      <div>
        {blends.length > 1 ? (
          <NativeSelect
            label="The .blend to render"
            data={blends}
            value={draft.entry}
            disabled={busy}
            onChange={(event) => void chooseEntry(draft, event.currentTarget.value)}
          />
        ) : (
          <strong>
            <bdi>{draft.entry}</bdi>
          </strong>
        )}
        <p>
          {count(draft.files.length, 'file')}, {bytes(bytesOf(draft.files))}, written by Blender{' '}
          {draft.blender}
        </p>
      </div>
      <Button variant="subtle" color="gray" disabled={busy} onClick={() => clearDesk()}>
        Another scene
      </Button>
    </div>
  );
}
