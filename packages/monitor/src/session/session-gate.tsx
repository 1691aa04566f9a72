import { Button, Loader } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import { asksForKey } from '../api/call.ts';
import { known, useFarm } from '../api/queries.ts';
import { SignIn } from './sign-in.tsx';
import { Welcome } from './welcome.tsx';

const TRY_AGAIN = 3000;

/** Lets through who the farm knows; asks the others for its key. `refused`: what became of a sign-in link. */
export function SessionGate({ refused, children }: { refused: string | null; children: ReactNode }) {
  const farm = useFarm();
  const client = useQueryClient();
  const strange = asksForKey(farm.error);
  const silent = farm.isError && !strange && farm.data === undefined;

  useEffect(() => {
    if (!silent) return;
    const timer = setInterval(() => void client.refetchQueries({ queryKey: known.farm }), TRY_AGAIN);
    return () => clearInterval(timer);
  }, [silent, client]);

  if (strange) return <SignIn refused={refused} />;
  if (farm.data) return children;
  if (silent) {
    return (
      <Welcome title="The farm does not answer">
        <p>{farm.error.message} Trying again every few seconds.</p>
        <Button variant="light" fullWidth loading={farm.isFetching} onClick={() => void farm.refetch()}>
          Try now
        </Button>
      </Welcome>
    );
  }
  return (
    <Welcome title="Akashganga">
      <Loader aria-label="Asking the farm" />
    </Welcome>
  );
}
