import type { Job } from '@akashganga/protocol';
import { Button, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { farmApi } from '../api/farm-api.ts';
import { putChanges } from '../api/queries.ts';
import { Icon } from '../icons/icon.tsx';
import { useFocusBack } from '../keys/use-focus-back.ts';
import { noChanges } from '../live/changes.ts';
import { useLive } from '../live/live-context.tsx';
import styles from './film-form.module.css';
import { FilmForm } from './film-form.tsx';
import { filmWish, freshFilm } from './film-wish.ts';

/** Another film of the frames a finished job has; nothing is rendered for it. */
export function FilmAgain({ job }: { job: Job }) {
  const [isAsking, setAsking] = useState(false);
  useFocusBack(isAsking);
  const { connection } = useLive();
  const { done, failed, total } = job.frames;
  const isOver = (job.state === 'completed' || job.state === 'failed') && done > 0 && done + failed === total;
  // While the film that was asked for is made it stays and does nothing: who pressed it by keyboard does not lose his place.
  const [wasOver, setWasOver] = useState(false);
  if (isOver && !wasOver) setWasOver(true);
  if (!isOver && (!wasOver || done + failed < total)) return null;
  const says = job.film.state === 'none' ? 'Make a film' : 'Make the film again';
  return (
    <>
      <Button
        variant="default"
        disabled={connection !== 'live'}
        data-disabled={!isOver}
        aria-disabled={!isOver}
        leftSection={<Icon name="film" />}
        onClick={() => setAsking(isOver)}
      >
        {says}
      </Button>
      <Modal
        opened={isAsking}
        onClose={() => setAsking(false)}
        title={says}
        closeButtonProps={{ 'aria-label': 'Close' }}
        {...{ centered: true, radius: 'lg', size: 'lg', returnFocus: false }}
      >
        <Wishes job={job} onAsked={() => setAsking(false)} />
      </Modal>
    </>
  );
}

function Wishes({ job, onAsked }: { job: Job; onAsked: () => void }) {
  const client = useQueryClient();
  const [fields, setFields] = useState({ ...freshFilm, container: job.film.container });
  const asking = useMutation({
    mutationFn: () => farmApi.remakeFilm(job.id, filmWish(fields)),
    onSuccess: (changed) => {
      const changes = noChanges();
      changes.jobs.set(job.id, changed);
      putChanges(client, changes);
      onAsked();
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        asking.mutate();
      }}
    >
      <FilmForm fields={fields} onChange={setFields} />
      {asking.error && (
        <p className={styles.wrong} role="alert">
          {asking.error.message}
        </p>
      )}
      <Button type="submit" mt="lg" loading={asking.isPending} leftSection={<Icon name="film" />}>
        Make it
      </Button>
    </form>
  );
}
