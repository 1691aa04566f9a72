import { Button, Loader, Modal } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { Icon } from '../icons/icon.tsx';

// Drawing a QR code is not part of the first page.
const JoinSheet = lazy(async () => ({ default: (await import('./join-sheet.tsx')).JoinSheet }));

/** The command with which another computer joins. The code is asked for when it is wanted and not kept. */
export function AddComputer({ prominent = false }: { prominent?: boolean }) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button
        variant={prominent ? 'filled' : 'light'}
        size={prominent ? 'sm' : 'compact-sm'}
        leftSection={<Icon name="plus" size={16} />}
        onClick={() => setOpened(true)}
      >
        Add a computer
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title="Add a computer"
        size="lg"
        centered
        radius="lg"
      >
        <Suspense fallback={<Loader size="sm" aria-label="Asking for a code" />}>
          <JoinSheet />
        </Suspense>
      </Modal>
    </>
  );
}
