import { Button, Loader } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { asksForKey } from '../api/call.ts';
import { known, useFarm } from '../api/queries.ts';
import { LiveProvider, useLive } from '../live/live-context.tsx';
import { SignIn } from './sign-in.tsx';
import { Welcome } from './welcome.tsx';

const TRY_AGAIN = 3000;
/** For the farm's events before the rest is shown without them: some proxies hold them back. */
const LONGEST_WAIT = 2000;

/**
 * Lets through who the farm knows; asks the others for its key. `refused`: what became of a sign-in link. The farm's
 * events are asked for beside the first question, so that all the rest is asked once.
 */
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
    <LiveProvider>
      <Opened isKnown={farm.data !== undefined}>{children}</Opened>
    </LiveProvider>
  );
}

function Opened({ isKnown, children }: { isKnown: boolean; children: ReactNode }) {
  const { connection, hasOpened } = useLive();
  const [waited, setWaited] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setWaited(true), LONGEST_WAIT);
    return () => clearTimeout(timer);
  }, []);
  // Lost before it ever opened: what there is can be read all the same.
  if (isKnown && (hasOpened || waited || connection === 'lost')) return children;
  return (
    <Welcome title="Akashganga">
      <Loader aria-label="Asking the farm" />
    </Welcome>
  );
}
