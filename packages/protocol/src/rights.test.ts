import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as protocol from './index.ts';
import { API_PREFIX, rights } from './index.ts';

/** Every table of routes that the manager serves, found by its name, so that a new one cannot be forgotten. */
const tables = Object.entries(protocol).filter(
  ([name]) => name.endsWith('Routes') && name !== 'deliveryRoutes',
);
const routes = tables.flatMap(([, table]) =>
  Object.values(table as Record<string, { route: { method: string; path: string } }>).map(
    ({ route }) => `${route.method.toUpperCase()} ${route.path.slice(API_PREFIX.length)}`,
  ),
);

test('every route of the manager has a line in the table of rights, and every line a route', () => {
  expect(routes.length).toBeGreaterThan(50);
  expect(Object.keys(rights).sort()).toEqual([...routes].sort());
});

test('only an admin may do what concerns others, and no member acts for people', () => {
  for (const [route, who] of Object.entries(rights)) {
    if (who === 'open') continue;
    expect(
      who.viewer === undefined || /^GET |^DELETE \/session$|^POST \/(sign-in-codes|links)$/.test(route),
      route,
    ).toBe(true);
    expect(who.viewer === undefined || who.artist !== undefined, route).toBe(true);
    expect(who.artist === undefined || who.admin === 'all', route).toBe(true);
    if (who.worker && who.worker !== 'own') expect(['GET /farm', 'GET /shut-out']).toContain(route);
  }
});

test('the guide shows this table and no other', () => {
  const guide = readFileSync(new URL('../../../docs/guide/security.md', import.meta.url), 'utf8');
  const roles = ['admin', 'artist', 'viewer', 'worker', 'frames'] as const;
  const words = { all: 'yes', own: 'own' } as const;
  const lines = Object.entries(rights).map(([route, who]) => {
    const cells = roles.map((role) => {
      if (who === 'open') return 'yes';
      const right = who[role];
      return right ? words[right] : '';
    });
    return `| \`${route}\` | ${[who === 'open' ? 'yes' : '', ...cells].join(' | ')} |`;
  });
  const shown = guide.split('\n').filter((line) => /^\| `(GET|POST|PUT|DELETE) /.test(line));
  expect(shown).toEqual(lines);
});
