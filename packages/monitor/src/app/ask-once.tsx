import { Button, Group, Modal } from '@mantine/core';
import type { ReactNode } from 'react';

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
  return (
    <Modal opened={opened} onClose={onNo} title={title} centered radius="lg">
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
