import { Icon } from '../icons/icon.tsx';
import type { StateLook } from './job-words.ts';
import styles from './state-badge.module.css';

/** A state as a word with its own icon and colour. */
export function StateBadge({ look }: { look: StateLook }) {
  return (
    <span className={styles.badge} data-tone={look.tone}>
      <Icon name={look.icon} size={14} />
      {look.says}
    </span>
  );
}
