import { Button, Loader, Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { farmApi } from '../api/farm-api.ts';
import { CopyLine } from '../app/copy-line.tsx';
import { Icon } from '../icons/icon.tsx';

/** The command with which another computer joins. The code is asked for when it is wanted and not kept. */
export function AddComputer({ prominent = false }: { prominent?: boolean }) {
  const [opened, setOpened] = useState(false);
  const code = useMutation({ mutationFn: farmApi.joinCode, gcTime: 0 });
  const open = () => {
    setOpened(true);
    code.mutate();
  };
  const close = () => {
    setOpened(false);
    code.reset();
  };
  return (
    <>
      <Button
        variant={prominent ? 'filled' : 'light'}
        size={prominent ? 'sm' : 'compact-sm'}
        leftSection={<Icon name="plus" size={16} />}
        onClick={open}
      >
        Add a computer
      </Button>
      <Modal opened={opened} onClose={close} title="Add a computer" size="lg" centered radius="lg">
        <p style={{ marginTop: 0 }}>In the Akashganga folder of that computer, run:</p>
        {code.isPending && <Loader size="sm" aria-label="Asking for a code" />}
        {code.error && <p role="alert">{code.error.message}</p>}
        {code.data && <CopyLine text={`./akashganga join ${code.data.code}`} what="the join command" />}
        <p style={{ color: 'var(--ag-dim)', fontSize: '0.85rem', marginBottom: 0 }}>
          The code lets one computer into the farm, within a day. Treat it like a password.
        </p>
      </Modal>
    </>
  );
}
