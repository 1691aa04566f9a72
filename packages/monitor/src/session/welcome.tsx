import type { ReactNode } from 'react';
import mark from '../app/mark.svg';
import styles from './welcome.module.css';

/** A calm card under the stars: all there is to see before the farm is. */
export function Welcome({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className={styles.night}>
      <section className={styles.card}>
        <img src={mark} alt="" width={72} height={72} />
        <h1>{title}</h1>
        {children}
      </section>
    </main>
  );
}
