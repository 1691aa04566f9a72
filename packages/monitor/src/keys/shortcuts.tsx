import { ActionIcon, Modal, Switch } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { useState } from 'react';
import { Icon } from '../icons/icon.tsx';
import { shortcutWords } from './shortcut.ts';
import styles from './shortcuts.module.css';
import { useShortcuts } from './use-shortcuts.ts';

/** Keys that do something inside a part of a page that has the focus. */
const within: readonly { keys: readonly string[]; says: string }[] = [
  { keys: ['←', '→', '↑', '↓'], says: 'In the frames: go from one to the next' },
  { keys: ['Space'], says: 'In the player: play and pause' },
  { keys: ['←', '→'], says: 'In the player: a frame back or on, ten with Shift' },
  { keys: ['Home', 'End'], says: 'To the first and the last' },
  { keys: ['Esc'], says: 'Close what is open' },
];

/** Shortcuts for the whole page, and the list of them. They can be switched off, for who speaks to the computer. */
export function Shortcuts() {
  const [opened, setOpened] = useState(false);
  const [on, setOn] = useLocalStorage({ key: 'akashganga-shortcuts', defaultValue: true });
  useShortcuts(on, () => setOpened(true));
  return (
    <>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        className={styles.button}
        aria-label="Keys"
        title="Keys (?)"
        onClick={() => setOpened(true)}
      >
        <Icon name="keyboard" size={20} />
      </ActionIcon>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Keys" centered radius="lg">
        <Keys rows={shortcutWords} off={!on} />
        <Switch
          className={styles.switch}
          checked={on}
          onChange={(event) => setOn(event.currentTarget.checked)}
          label="Use these keys"
        />
        <Keys rows={within} off={false} />
        <p className={styles.note}>Everything else is reached with Tab and done with Enter.</p>
      </Modal>
    </>
  );
}

function Keys(props: {
  rows: readonly { readonly keys: readonly string[]; readonly says: string }[];
  off: boolean;
}) {
  const { rows, off } = props;
  return (
    <dl className={styles.keys} data-off={off}>
      {rows.map(({ keys, says }) => (
        <div key={says}>
          <dt>
            {keys.map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </dt>
          <dd>{says}</dd>
        </div>
      ))}
    </dl>
  );
}
