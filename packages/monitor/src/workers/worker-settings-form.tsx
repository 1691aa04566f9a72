import type { Worker } from '@akashganga/protocol';
import { Button, NumberInput, Switch, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { farmApi } from '../api/farm-api.ts';
import { putChanges } from '../api/queries.ts';
import { noChanges } from '../live/changes.ts';
import { useLive } from '../live/live-context.tsx';
import styles from './worker-page.module.css';

/** What people set for a worker. The farm keeps it, whatever the worker says of itself. */
export function WorkerSettingsForm({ worker }: { worker: Worker }) {
  const { connection } = useLive();
  const client = useQueryClient();
  const { settings } = worker;
  const [sleep, setSleep] = useState(settings.sleep ?? '');
  const [tags, setTags] = useState(settings.tags?.join(' ') ?? '');
  const [maxJobs, setMaxJobs] = useState<number | ''>(settings.maxJobs ?? '');
  const [onlyWhenIdle, setOnlyWhenIdle] = useState(settings.onlyWhenIdle);
  const save = useMutation({
    mutationFn: () =>
      farmApi.setWorker(worker.id, {
        sleep: sleep.trim() || null,
        tags: tags.trim() === '' ? null : tags.trim().split(/[,\s]+/),
        maxJobs: maxJobs === '' ? null : maxJobs,
        onlyWhenIdle,
      }),
    onSuccess: (after) => {
      const changes = noChanges();
      changes.workers.set(worker.id, after);
      putChanges(client, changes);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <TextInput
        label="Sleeps"
        description={`In its own time, ${worker.timeZone}. Such as 22:00-6:00 or mon-fri 8:00-18:00`}
        placeholder="never"
        value={sleep}
        onChange={(event) => setSleep(event.currentTarget.value)}
      />
      <TextInput
        label="Tags"
        description="In place of those it names itself"
        placeholder={worker.tags.length === 0 ? 'none' : worker.tags.join(' ')}
        value={tags}
        onChange={(event) => setTags(event.currentTarget.value)}
      />
      <NumberInput
        label="Jobs at once"
        placeholder="any number"
        min={1}
        max={999}
        allowDecimal={false}
        value={maxJobs}
        onChange={(value) => setMaxJobs(typeof value === 'number' ? value : '')}
      />
      <Switch
        label="Only when nobody uses the computer"
        checked={onlyWhenIdle}
        onChange={(event) => setOnlyWhenIdle(event.currentTarget.checked)}
      />
      {save.error && <p role="alert">{save.error.message}</p>}
      <div>
        <Button type="submit" variant="light" loading={save.isPending} disabled={connection !== 'live'}>
          Save
        </Button>
      </div>
    </form>
  );
}
