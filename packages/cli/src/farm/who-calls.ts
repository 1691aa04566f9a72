import { hostname, userInfo } from 'node:os';

/** Who uses the command here, for the farm's history: `asha@studio`. */
export function whoCalls(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return hostname();
  }
}
