import { ActionIcon, type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core';
import { Icon, type IconName } from '../icons/icon.tsx';

const schemes: readonly { scheme: MantineColorScheme; icon: IconName; says: string }[] = [
  { scheme: 'auto', icon: 'halves', says: 'As the system' },
  { scheme: 'dark', icon: 'moon', says: 'Night' },
  { scheme: 'light', icon: 'sun', says: 'Day' },
];

export function SchemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const now = schemes.find(({ scheme }) => scheme === colorScheme) ?? schemes[0];
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Colours: ${now?.says ?? ''}`}>
          <Icon name={now?.icon ?? 'halves'} size={20} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {schemes.map(({ scheme, icon, says }) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon name={icon} />}
            rightSection={scheme === colorScheme ? <Icon name="check" size={16} /> : null}
            onClick={() => setColorScheme(scheme)}
          >
            {says}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
