import { Button } from '@mantine/core';
import { type DragEvent, useRef, useState } from 'react';
import { Icon } from '../icons/icon.tsx';
import { readDrop, readPicked } from './files/read-drop.ts';
import type { SceneFile } from './files/scene-files.ts';
import styles from './submit.module.css';

/** A place to drop files on; for who does not drag, two buttons do the same. */
export function DropArea(props: {
  title: string;
  says: string;
  busy?: boolean;
  small?: boolean;
  onFiles: (files: Promise<readonly SceneFile[]>) => void;
}) {
  const { title, says, busy = false, small = false, onFiles } = props;
  const [over, setOver] = useState(false);
  const stay = (event: DragEvent, is: boolean) => {
    event.preventDefault();
    setOver(is);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the buttons inside do the same by keyboard
    <div
      className={styles.drop}
      data-over={over}
      data-small={small}
      onDragEnter={(event) => stay(event, true)}
      onDragOver={(event) => stay(event, true)}
      onDragLeave={(event) => stay(event, event.currentTarget.contains(event.relatedTarget as Node | null))}
      onDrop={(event) => {
        stay(event, false);
        if (!busy) onFiles(readDrop(event.dataTransfer));
      }}
    >
      <Icon name="send" size={small ? 22 : 34} />
      <h2>{title}</h2>
      <p>{says}</p>
      <div className={styles.picks}>
        <Pick label="Choose files" busy={busy} onFiles={onFiles} />
        <Pick label="Choose a folder" busy={busy} folder onFiles={onFiles} />
      </div>
    </div>
  );
}

function Pick(props: {
  label: string;
  busy: boolean;
  folder?: boolean;
  onFiles: (files: Promise<readonly SceneFile[]>) => void;
}) {
  const { label, busy, folder = false, onFiles } = props;
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button variant={folder ? 'default' : 'light'} disabled={busy} onClick={() => input.current?.click()}>
        {label}
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={label}
        {...(folder ? { webkitdirectory: '' } : {})}
        onChange={(event) => {
          const files = readPicked(event.currentTarget.files ?? []);
          event.currentTarget.value = '';
          if (files.length > 0) onFiles(Promise.resolve(files));
        }}
      />
    </>
  );
}
