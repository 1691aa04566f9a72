import styles from './workers.module.css';

export function NoWorkers() {
  return (
    <p className={styles.none}>
      No worker yet. Add a computer, this one or another: it brings its own slots and needs no Blender.
    </p>
  );
}
