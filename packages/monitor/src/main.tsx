// The farm's page: shows its jobs, frames and workers as they are, live, and lets people steer them.
import { createRoot } from 'react-dom/client';
import { farmApi } from './api/farm-api.ts';
import { App } from './app/app.tsx';
import { codeInAddress, takeCode } from './session/code-in-address.ts';

async function start(): Promise<void> {
  const code = takeCode(window.location, window.history);
  const refused = code === null ? null : await refusalOf(code);
  window.addEventListener('hashchange', () => {
    if (codeInAddress(window.location.hash) !== null) window.location.reload();
  });
  const place = document.getElementById('page');
  if (place) createRoot(place).render(<App refused={refused} />);
}

/** Null when the farm took the code, else what it said. */
async function refusalOf(code: string): Promise<string | null> {
  return farmApi.signIn({ code }).then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

void start();
