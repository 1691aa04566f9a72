import { Button, Group, Modal } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useFocusBack } from '../keys/use-focus-back.ts';

/** One question before something that cannot be undone. */
export function AskOnce(props: {
  opened: boolean;
  title: string;
  yes: string;
  onYes: () => void;
  onNo: () => void;
  children: ReactNode;
}) {
  const { opened, title, yes, onYes, onNo, children } = props;
  // Each row of a long list may ask, hardly any ever does: until then it costs nothing.
  const [wasOpened, setWasOpened] = useState(false);
  if (opened && !wasOpened) setWasOpened(true);
  useFocusBack(opened);
  if (!opened && !wasOpened) return null;
  return (
    <Modal opened={opened} onClose={onNo} title={title} centered radius="lg" returnFocus={false}>
      {children}
      <Group justify="flex-end" mt="lg" gap="sm">
        <Button variant="default" onClick={onNo} data-autofocus>
          No, leave it
        </Button>
        <Button
          color="rose"
          onClick={() => {
            onNo();
            onYes();
          }}
        >
          {yes}
        </Button>
      </Group>
    </Modal>
  );
}
