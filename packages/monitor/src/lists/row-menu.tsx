import { Menu } from '@mantine/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { RowButton } from './row-button.tsx';

interface RowMenuProps {
  readonly label: string;
  readonly items: () => ReactNode;
}

/** What can be done with a row. Each row has a menu, hardly any is ever opened: until then it is only a button. */
export function RowMenu({ label, items }: RowMenuProps) {
  const [wasOpened, setWasOpened] = useState(false);
  if (wasOpened) return <MadeMenu label={label} items={items} />;
  return (
    <RowButton
      icon="dots"
      aria-label={label}
      aria-haspopup="menu"
      aria-expanded={false}
      onClick={() => setWasOpened(true)}
    />
  );
}

function MadeMenu({ label, items }: RowMenuProps) {
  const [opened, setOpened] = useState(false);
  const target = useRef<HTMLButtonElement>(null);
  // In place of the button that was pressed: it has the focus before it opens, so that it gets it back.
  useEffect(() => {
    target.current?.focus();
    setOpened(true);
  }, []);
  return (
    <Menu position="bottom-end" withinPortal shadow="lg" opened={opened} onChange={setOpened}>
      <Menu.Target>
        <RowButton ref={target} icon="dots" aria-label={label} />
      </Menu.Target>
      <Menu.Dropdown>{items()}</Menu.Dropdown>
    </Menu>
  );
}
