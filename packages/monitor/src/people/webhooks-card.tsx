import type { NoticeEvent, NoticeShape, Webhook } from '@akashganga/protocol';
import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { accessApi } from '../api/access-api.ts';
import { CopyLine } from '../app/copy-line.tsx';
import { Ago } from '../words/ago.tsx';
import styles from './people.module.css';
import { Row } from './row.tsx';
import { useChange, useList } from './use-list.ts';

const events: Readonly<Record<NoticeEvent, string>> = {
  'job.done': 'A job is done',
  'job.failed': 'A job failed',
  'worker.sick': 'A worker is sick',
};
const all = Object.keys(events) as NoticeEvent[];

/** Chat programs and others that are told what happens. */
export function WebhooksCard() {
  const webhooks = useList('webhooks', accessApi.webhooks);
  const remove = useChange(accessApi.removeWebhook);
  const error = webhooks.error ?? remove.error;
  return (
    <section className={styles.card} aria-label="Notices">
      <h2>Notices</h2>
      <p>Addresses that are told: of chat programs (incoming webhooks) and of programs of your own.</p>
      <ul className={styles.list}>
        {webhooks.data?.map((one) => (
          <Row
            key={one.id}
            name={one.name}
            says={
              <>
                {one.address}: {one.events.map((event) => events[event].toLowerCase()).join(', ')}
                {one.waiting > 0 && `; ${one.waiting} waiting`}
                <Latest webhook={one} />
              </>
            }
            end="Remove"
            ask="It is told nothing any more, and what waits to be sent there is forgotten."
            onEnd={() => remove.mutate(one.id)}
          >
            <TestButton webhook={one} />
          </Row>
        ))}
      </ul>
      {webhooks.data?.length === 0 && <p>Nobody is told yet.</p>}
      {error && <p role="alert">{error.message}</p>}
      {webhooks.data && <NewWebhookForm />}
    </section>
  );
}

/** What became of the notice that was sent last. */
function Latest({ webhook }: { webhook: Webhook }) {
  const postings = useList(`postings ${webhook.id}`, (signal) => accessApi.postings(webhook.id, signal));
  const last = postings.data?.[0];
  if (!last) return null;
  const became = { sent: 'taken', waiting: 'waits', failed: 'not taken' }[last.state];
  return (
    <span style={{ display: 'block' }}>
      <Ago at={last.at} />: <bdi>{last.text}</bdi> ({became}
      {last.why !== null && `: ${last.why}`})
    </span>
  );
}

function TestButton({ webhook }: { webhook: Webhook }) {
  const test = useChange(accessApi.testWebhook);
  const says = test.data && (test.data.state === 'sent' ? 'It was taken.' : `Not taken: ${test.data.why}.`);
  return (
    <>
      <span role="status">{test.error?.message ?? says}</span>
      <Button
        variant="light"
        size="compact-sm"
        loading={test.isPending}
        aria-label={`Test ${webhook.name}`}
        onClick={() => test.mutate(webhook.id)}
      >
        Test
      </Button>
    </>
  );
}

function NewWebhookForm() {
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [shape, setShape] = useState<NoticeShape>('all');
  const [wanted, setWanted] = useState<readonly NoticeEvent[]>(all);
  const add = useChange(accessApi.addWebhook);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (url.trim() === '' || wanted.length === 0) return;
    const host = URL.canParse(url.trim()) ? new URL(url.trim()).host : 'webhook';
    const order = { name: name.trim() || host, url: url.trim(), events: [...wanted], shape };
    add.mutate(order, { onSuccess: () => setUrl('') });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <TextInput
        className={styles.wide}
        label="Address"
        placeholder="https://"
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      <TextInput label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <NativeSelect
        label="For"
        data={[
          { value: 'all', label: 'Slack, Mattermost, programs' },
          { value: 'text', label: 'Google Chat' },
          { value: 'content', label: 'Discord' },
        ]}
        value={shape}
        onChange={(event) => setShape(event.currentTarget.value as NoticeShape)}
      />
      <div className={styles.checks}>
        {all.map((event) => (
          <Checkbox
            key={event}
            label={events[event]}
            checked={wanted.includes(event)}
            onChange={() =>
              setWanted(wanted.includes(event) ? wanted.filter((one) => one !== event) : [...wanted, event])
            }
          />
        ))}
      </div>
      <Button type="submit" variant="light" loading={add.isPending}>
        Tell this address
      </Button>
      {add.error && <p role="alert">{add.error.message}</p>}
      {add.data && (
        <div className={styles.wide} role="status">
          <p className={styles.once}>
            The secret that signs its notices, shown this once; chat programs need none.
          </p>
          <CopyLine text={add.data.secret} what="the secret" />
        </div>
      )}
    </form>
  );
}
