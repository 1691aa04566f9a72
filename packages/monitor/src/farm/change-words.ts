import type { Change } from '@akashganga/protocol';
import { exactTime } from '../words/duration.ts';

const words: Readonly<Record<string, string>> = {
  submit: 'submitted',
  pause: 'paused',
  resume: 'resumed',
  cancel: 'canceled',
  retry: 'asked again for frames of',
  delete: 'deleted',
  'remake-film': 'asked for another film of',
  'set-priority': 'changed the priority of',
  'change-job': 'changed',
  drain: 'drained',
  wake: 'woke',
  forgive: 'forgave',
  'change-worker': 'changed the settings of',
  'add-build': 'added a Blender',
  'remove-build': 'removed a Blender',
  'remove-worker': 'removed',
  'set-limit': 'set a limit',
  'add-webhook': 'added a webhook',
  'remove-webhook': 'removed a webhook',
  'add-token': 'made a token',
  'revoke-token': 'revoked a token',
  'add-join-code': 'made a join code',
  'revoke-join-code': 'revoked a join code',
  'add-link': 'made a link to',
  join: 'joined the farm as',
  'shut-out': 'shut out',
  restore: 'put a backup back',
};

/** What was done, as a verb; a kind of change this page does not know keeps its own name. */
export function changeWords(what: string): string {
  return words[what] ?? what.replaceAll('-', ' ');
}

/** The address it came from, unless that is all that is known of who it was. */
export function fromWords({ by, from }: Change): string {
  return from === null || from === by ? '' : ` from ${from}`;
}

/** The particulars of a change, short: `priority 80, tags ["gpu"]`. */
export function detailWords({ detail }: Change): string {
  return Object.entries(detail)
    .filter(([, value]) => value !== null && value !== undefined && value !== false)
    .map(([name, value]) =>
      typeof value === 'number' && name.endsWith('At')
        ? `${name.slice(0, -2)} ${exactTime(value)}`
        : `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    )
    .join(', ')
    .slice(0, 200);
}
