import type { Farm, FarmCommand } from '../farm/farm.ts';
import type { HttpContext } from './serve.ts';

/** A request for work is answered after this long even when there is none, so that dead connections show. */
const OPEN_MS = 25_000;

/**
 * Keeps a request open until the scheduler answers it. `over` makes the command that gives it up, on time
 * or when the caller has gone.
 */
export async function stayOpen<T>(
  farm: Farm,
  command: FarmCommand,
  over: (request: string) => FarmCommand,
  context: HttpContext,
): Promise<T> {
  const { request, reply } = farm.open<T>(command);
  const giveUp = () => farm.tell(over(request));
  const timer = setTimeout(giveUp, OPEN_MS);
  const { outgoing } = context.env;
  outgoing.once('close', giveUp);
  try {
    return await reply;
  } finally {
    clearTimeout(timer);
    outgoing.off('close', giveUp);
  }
}
