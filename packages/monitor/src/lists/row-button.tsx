import type { ComponentProps } from 'react';
import { Icon, type IconName } from '../icons/icon.tsx';
import styles from './row-button.module.css';

/** A button of a row that shows an icon. Lists make many of them while one scrolls, so it is as light as it can be. */
export function RowButton({ icon, ...rest }: { icon: IconName } & ComponentProps<'button'>) {
  return (
    <button type="button" className={styles.button} {...rest}>
      <Icon name={icon} size={20} />
    </button>
  );
}
