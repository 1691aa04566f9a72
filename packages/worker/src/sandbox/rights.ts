export interface Rights {
  /** A user and group that nobody else is; null where the worker is not root and so has no choice. */
  readonly user: number | null;
  /** Groups of the graphics cards' devices. */
  readonly groups: readonly number[];
  /** Processes and threads together, which Linux counts as one. */
  readonly processes: number;
  /** Bytes of the largest file. */
  readonly fileSize: number;
}

/**
 * Debian's policy reserves 65000 to 65533 and gives them to nobody; systemd's own begin at 61184 and end at 65519, and
 * are drawn by chance after asking who runs. A slot's number makes two slots different users.
 */
const firstUser = 65_100;
const users = 400;

export function userOfSlot(slot: number): number {
  return firstUser + (slot % users);
}

/**
 * An argument list to put before a command: it runs with these rights and can never get others. Of util-linux, in both
 * commands the words that every release since 2.33 knows.
 */
export function takeRights({ user, groups, processes, fileSize }: Rights): string[] {
  const who =
    user === null
      ? []
      : [
          ...['--reuid', String(user), '--regid', String(user)],
          ...(groups.length > 0 ? ['--groups', groups.join(',')] : ['--clear-groups']),
          ...['--bounding-set=-all'],
        ];
  return [
    ...['prlimit', `--nproc=${processes}`, `--fsize=${fileSize}`, '--core=0', '--'],
    ...['setpriv', ...who, '--inh-caps=-all', '--ambient-caps=-all', '--no-new-privs', '--'],
  ];
}
