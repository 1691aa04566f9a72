import type { Job } from '@akashganga/protocol';
import { Button, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { farmApi } from '../api/farm-api.ts';
import { putChanges } from '../api/queries.ts';
import { Icon } from '../icons/icon.tsx';
import { noChanges } from '../live/changes.ts';
import { useLive } from '../live/live-context.tsx';
import styles from './film-form.module.css';
import { FilmForm } from './film-form.tsx';
import { filmWish, freshFilm } from './film-wish.ts';

/** Another film of the frames a finished job has; nothing is rendered for it. */
export function FilmAgain({ job }: { job: Job }) {
  const [isAsking, setAsking] = useState(false);
  const { connection } = useLive();
  const { done, failed, total } = job.frames;
  const isOver = (job.state === 'completed' || job.state === 'failed') && done > 0 && done + failed === total;
  if (!isOver) return null;
  const says = job.film.state === 'none' ? 'Make a film' : 'Make the film again';
  return (
    <>
      <Button
        variant="default"
        disabled={connection !== 'live'}
        leftSection={<Icon name="film" />}
        onClick={() => setAsking(true)}
      >
        {says}
      </Button>
      <Modal
        opened={isAsking}
        onClose={() => setAsking(false)}
        title={says}
        closeButtonProps={{ 'aria-label': 'Close' }}
        {...{ centered: true, radius: 'lg', size: 'lg' }}
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
