import './mantine-styles.ts';
import './sky.css';
import { MantineProvider } from '@mantine/core';
import { MutationCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useState } from 'react';
import { asksForKey, Refusal } from '../api/call.ts';
import { known } from '../api/queries.ts';
import { SessionGate } from '../session/session-gate.tsx';
import { Mishap } from './mishap.tsx';
import { Shell } from './shell.tsx';
import { surfaces, theme } from './theme.ts';

export function App({ refused }: { refused: string | null }) {
  const [client] = useState(newClient);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={surfaces} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <Mishap>
          <SessionGate refused={refused}>
            <Shell />
          </SessionGate>
        </Mishap>
      </QueryClientProvider>
    </MantineProvider>
  );
}

// Events keep everything true, so nothing is read again because of its age, a focus or a route.
function newClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    mutationCache: new MutationCache({
      onError: (error) => {
        // A session that ended in between: asking for the farm once more brings the sign-in card.
        const signedIn = client.getQueryData(known.farm) !== undefined;
        if (signedIn && asksForKey(error)) void client.refetchQueries({ queryKey: known.farm });
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        // Changes are put in so that what did not change keeps its identity: looking for that again would take longer.
        structuralSharing: false,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: 'always',
        retry: (failures, error) => failures < 1 && !(error instanceof Refusal && error.status < 500),
        retryDelay: 500,
      },
      mutations: { networkMode: 'always' },
    },
  });
  return client;
}
