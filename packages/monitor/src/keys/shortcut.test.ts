import { expect, it } from 'vitest';
import { shortcutOf, shortcutWords } from './shortcut.ts';

it('takes g and another key for a page, and that key alone for something else', () => {
  expect(shortcutOf('j', 'g')).toEqual({ does: 'go', to: '#/' });
  expect(shortcutOf('j', null)).toEqual({ does: 'move', by: 1 });
  expect(shortcutOf('w', null)).toBeNull();
  expect(shortcutOf('?', 'g')).toEqual({ does: 'list' });
});

it('does something for each key of the list', () => {
  for (const { keys } of shortcutWords)
    expect(shortcutOf(keys.at(-1) ?? '', keys.length > 1 ? 'g' : null)).not.toBeNull();
});
