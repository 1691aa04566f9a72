import { spawnSync } from 'node:child_process';

const SET_UP =
  'ip link set lo up && tc qdisc add dev lo root tbf rate "$AKASHGANGA_LINK" burst 1mb latency 50ms && exec "$@"';

/**
 * Whether this program runs where it was told to: with `rate` given (1gbit, as tc writes it), it is run once more in a network
 * of its own whose loopback carries no more than that, and the first of the two has nothing left to do. Needs root.
 */
export function isOnLink(rate: string | undefined): boolean {
  if (!rate || process.env.AKASHGANGA_LINK) return true;
  const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const { status } = spawnSync('unshare', ['--net', 'sh', '-c', SET_UP, 'sh', ...again], {
    stdio: 'inherit',
    env: { ...process.env, AKASHGANGA_LINK: rate },
  });
  process.exitCode = status ?? 1;
  return false;
}
