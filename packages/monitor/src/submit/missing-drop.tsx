import type { Job } from '@akashganga/protocol';
import { useState } from 'react';
import { farmApi } from '../api/farm-api.ts';
import { links } from '../app/route.ts';
import { Icon } from '../icons/icon.tsx';
import { count } from '../words/amount.ts';
import { DropArea } from './drop-area.tsx';
import { placeMissing } from './files/place-missing.ts';
import type { SceneFile } from './files/scene-files.ts';
import styles from './submit.module.css';
import { type Draft, sentAs } from './submit-desk.ts';
import { TravelBar } from './travel-bar.tsx';
import { useSubmit } from './use-submit.ts';

/**
 * Where a job found files missing: they can be dropped here, and the scene goes out again with them, in place of
 * the job that could not begin. Only for a scene that this page sent, since it needs its other files.
 */
export function MissingDrop({ job }: { job: Job }) {
  const draft = sentAs(job.id);
  const submitting = useSubmit();
  const [left, setLeft] = useState<readonly string[]>([]);
  const missing = job.probe?.missing ?? [];
  if (!draft) {
    return (
      <p className={styles.hint}>
        Put the files where the scene looks for them, or pack them into it (File, External Data, Pack
        Resources), and <a href={links.submit}>submit it again</a>.
      </p>
    );
  }
  const mend = async (given: Promise<readonly SceneFile[]>) => {
    const mended = placeMissing(draft, missing, await given);
    setLeft(mended.missing.map(({ path }) => path));
    if (mended.missing.length > 0) return;
    const again: Draft = { ...draft, files: mended.files, entry: mended.entry };
    const id = await submitting.submit(again, wishOf(job));
    if (id === null) return;
    window.location.hash = links.job(id);
    await farmApi.deleteJob(job.id).catch(() => undefined);
  };
  return (
    <>
      {submitting.isUnderWay ? (
        <TravelBar submitting={submitting} />
      ) : (
        <DropArea
          small
          title={`Drop the ${count(missing.length, 'missing file')} here`}
          says="Or a folder that holds them. They are put where the scene looks for them."
          onFiles={(files) => void mend(files)}
        />
      )}
      {left.length > 0 && (
        <p className={styles.wrong} role="alert">
          <Icon name="warning" />{' '}
          <span>Not among them: {left.slice(0, 5).join(', ')}. Drop all of them at once.</span>
        </p>
      )}
      {submitting.says !== null && (
        <p className={styles.wrong} role="alert">
          <Icon name="warning" /> {submitting.says}
        </p>
      )}
    </>
  );
}

function wishOf(job: Job) {
  const { name, submitter, settings, priority, tags, needs, maxSlots, uses, order } = job;
  return {
    ...{ name, submitter, settings, priority, tags, needs, maxSlots, uses, order },
    frames: job.frameSpec,
    container: job.film.container,
    lookFirst: true,
  };
}
