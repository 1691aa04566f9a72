import type { Limit } from '@akashganga/protocol';
import { ActionIcon, Button, NumberInput, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { farmApi } from '../api/farm-api.ts';
import { Icon } from '../icons/icon.tsx';
import { useLive } from '../live/live-context.tsx';
import { number } from '../words/amount.ts';
import styles from './history-page.module.css';

/** What the farm has only so many of, licences for instance; jobs name what they use. */
export function LimitsCard() {
  const client = useQueryClient();
  const { epoch, connection } = useLive();
  const key = ['limits', epoch];
  const limits = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => farmApi.limits(signal),
    refetchInterval: 10_000,
  });
  const [name, setName] = useState('');
  const [most, setMost] = useState<number | ''>('');
  const set = useMutation({
    mutationFn: (limit: { name: string; most: number | null }) => farmApi.setLimit(limit.name, limit.most),
    onSuccess: (after) => client.setQueryData(key, after),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '' || most === '') return;
    set.mutate({ name: name.trim(), most });
    setName('');
    setMost('');
  };
  const off = connection !== 'live' || set.isPending;
  return (
    <section className={styles.card} aria-label="Limits">
      <h2>Limits</h2>
      <p>What the farm has only so many of, such as licences. A job names what it uses with --uses.</p>
      <ul>
        {limits.data?.limits.map((limit) => (
          <Row
            key={limit.name}
            limit={limit}
            off={off}
            onRemove={() => set.mutate({ name: limit.name, most: null })}
          />
        ))}
      </ul>
      <form onSubmit={submit}>
        <TextInput label="Resource" value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <NumberInput
          label="At most"
          min={0}
          allowDecimal={false}
          value={most}
          onChange={(value) => setMost(typeof value === 'number' ? value : '')}
        />
        <Button type="submit" variant="light" disabled={off}>
          Set
        </Button>
      </form>
      {(limits.error ?? set.error) && <p role="alert">{(limits.error ?? set.error)?.message}</p>}
    </section>
  );
}

function Row({ limit, off, onRemove }: { limit: Limit; off: boolean; onRemove: () => void }) {
  return (
    <li>
      <bdi>{limit.name}</bdi>
      <span>
        {number(limit.inUse)} of {number(limit.most)} in use
      </span>
      <ActionIcon
        variant="subtle"
        color="gray"
        disabled={off}
        aria-label={`Remove the limit of ${limit.name}`}
        onClick={onRemove}
      >
        <Icon name="cross" size={16} />
      </ActionIcon>
    </li>
  );
}
