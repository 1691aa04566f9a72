import { links } from '../app/route.ts';

/** What a key does anywhere on the page. */
export type Shortcut =
  | { readonly does: 'list' }
  | { readonly does: 'go'; readonly to: string }
  | { readonly does: 'find' }
  | { readonly does: 'move'; readonly by: 1 | -1 }
  | { readonly does: 'select' };

const single: Readonly<Record<string, Shortcut>> = {
  '?': { does: 'list' },
  '/': { does: 'find' },
  j: { does: 'move', by: 1 },
  k: { does: 'move', by: -1 },
  x: { does: 'select' },
};

const afterG: Readonly<Record<string, Shortcut>> = {
  j: { does: 'go', to: links.farm },
  w: { does: 'go', to: links.workers },
  f: { does: 'go', to: links.wholeFarm },
  h: { does: 'go', to: links.history },
  s: { does: 'go', to: links.submit },
};

/** In the order of the list that `?` shows. */
export const shortcutWords: readonly { readonly keys: readonly string[]; readonly says: string }[] = [
  { keys: ['g', 'j'], says: 'Go to the jobs' },
  { keys: ['g', 'w'], says: 'Go to the workers' },
  { keys: ['g', 'f'], says: 'Go to the farm' },
  { keys: ['g', 'h'], says: 'Go to the history' },
  { keys: ['g', 's'], says: 'Submit a scene' },
  { keys: ['/'], says: 'Find jobs' },
  { keys: ['j'], says: 'Next job or worker of a list' },
  { keys: ['k'], says: 'The one before' },
  { keys: ['x'], says: 'Select the job' },
  { keys: ['?'], says: 'This list' },
];

/** A key after `before`, the key pressed just now if there was one. Null: it does nothing. */
export function shortcutOf(key: string, before: string | null): Shortcut | null {
  return (before === 'g' ? afterG[key] : undefined) ?? single[key] ?? null;
}
