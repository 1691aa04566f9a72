import { networkInterfaces } from 'node:os';

/** This computer's addresses for others, IPv4, those of home and office networks first. */
export function lanAddresses(): string[] {
  const found = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const outside = found.filter((one) => one.family === 'IPv4' && !one.internal).map((one) => one.address);
  const isPrivate = (address: string) => /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(address);
  return outside.sort((a, b) => Number(isPrivate(b)) - Number(isPrivate(a)));
}
