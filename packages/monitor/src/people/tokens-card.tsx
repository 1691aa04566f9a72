import type { Token, TokenRole } from '@akashganga/protocol';
import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { accessApi } from '../api/access-api.ts';
import { CopyLine } from '../app/copy-line.tsx';
import { Ago } from '../words/ago.tsx';
import { exactTime } from '../words/duration.ts';
import styles from './people.module.css';
import { Row } from './row.tsx';
import { useChange, useList } from './use-list.ts';

/** Who may do what: the tokens of people and their programs. */
export function TokensCard() {
  const tokens = useList('tokens', accessApi.tokens);
  const revoke = useChange(accessApi.revokeToken);
  const error = tokens.error ?? revoke.error;
  return (
    <section className={styles.card} aria-label="People">
      <h2>People</h2>
      <p>What people and their programs show the farm. Who has the farm’s own key may do everything, too.</p>
      <ul className={styles.list}>
        {tokens.data?.map((token) => (
          <Row
            key={token.id}
            name={token.name}
            says={<Says token={token} />}
            end={token.revokedAt === null ? 'Revoke' : null}
            ask="Whoever has this token is out at once, in the browser, too. Jobs that were submitted stay."
            onEnd={() => revoke.mutate(token.id)}
          />
        ))}
      </ul>
      {tokens.data?.length === 0 && <p>There is no token yet.</p>}
      {error && <p role="alert">{error.message}</p>}
      {tokens.data && <NewTokenForm />}
    </section>
  );
}

function Says({ token }: { token: Token }) {
  const { role, allJobs, lastUsedAt, expiresAt, revokedAt } = token;
  return (
    <>
      {allJobs ? `${role}, all jobs` : role},{' '}
      {lastUsedAt === null ? (
        'never used'
      ) : (
        <>
          used <Ago at={lastUsedAt} />
        </>
      )}
      {revokedAt !== null && (
        <>
          , revoked <Ago at={revokedAt} />
        </>
      )}
      {revokedAt === null && expiresAt !== null && `, until ${exactTime(expiresAt)}`}
    </>
  );
}

function NewTokenForm() {
  const [name, setName] = useState('');
  const [role, setRole] = useState<TokenRole>('artist');
  const [allJobs, setAllJobs] = useState(false);
  const make = useChange(accessApi.makeToken);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '') return;
    make.mutate({ name: name.trim(), role, allJobs: role === 'artist' && allJobs });
    setName('');
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <TextInput label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <NativeSelect
        label="Role"
        data={['artist', 'viewer', 'admin']}
        value={role}
        onChange={(event) => setRole(event.currentTarget.value as TokenRole)}
      />
      {role === 'artist' && (
        <Checkbox
          className={styles.wide}
          label="May change the jobs of others, too"
          checked={allJobs}
          onChange={(event) => setAllJobs(event.currentTarget.checked)}
        />
      )}
      <Button type="submit" variant="light" loading={make.isPending}>
        Make a token
      </Button>
      {make.error && <p role="alert">{make.error.message}</p>}
      {make.data && (
        <div className={styles.wide} role="status">
          <p className={styles.once}>
            For <bdi>{make.data.name}</bdi>, shown this once: to sign in with here, and for AKASHGANGA_TOKEN.
          </p>
          <CopyLine text={make.data.token} what="the token" />
          <CopyLine text={make.data.pass} what="the pass" />
        </div>
      )}
    </form>
  );
}
