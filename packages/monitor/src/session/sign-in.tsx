import { Button, PasswordInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { farmApi, farmFiles } from '../api/farm-api.ts';
import { known } from '../api/queries.ts';
import styles from './welcome.module.css';
import { Welcome } from './welcome.tsx';

export function SignIn({ refused }: { refused: string | null }) {
  const client = useQueryClient();
  const [key, setKey] = useState('');
  const signIn = useMutation({
    mutationFn: () => farmApi.signIn({ key: key.trim() }),
    onSuccess: () => client.resetQueries({ queryKey: known.farm }),
  });
  // Asked once: what was refused is told once.
  const ways = useQuery({ queryKey: ['sign-in'], queryFn: ({ signal }) => farmApi.signInWays(signal) }).data;
  const says = signIn.error?.message ?? (signIn.isIdle ? refused : null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (key.trim() !== '') signIn.mutate();
  };

  return (
    <Welcome title="Sign in to the farm">
      {ways?.refused && <p role="alert">{ways.refused.says}</p>}
      {ways?.service && (
        <Button component="a" href={farmFiles.beginSignIn()} size="md" fullWidth>
          Sign in with {ways.service}
        </Button>
      )}
      <p>
        Open the link that <code>akashganga up</code> printed, or paste your token of this farm.
      </p>
      <form className={styles.form} onSubmit={submit}>
        <PasswordInput
          label="Your token"
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          error={says}
          autoComplete="current-password"
          spellCheck={false}
          size="md"
        />
        <Button type="submit" size="md" fullWidth loading={signIn.isPending} disabled={key.trim() === ''}>
          Sign in
        </Button>
      </form>
    </Welcome>
  );
}
