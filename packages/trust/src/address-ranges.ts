import { BlockList, isIP } from 'node:net';

/**
 * Whether an address is one of these or in one of these networks, written as `10.0.0.5,192.168.1.0/24,fd00::/8`. Null for what
 * is no such list.
 */
export function addressRanges(text: string): ((address: string) => boolean) | null {
  const list = new BlockList();
  for (const one of text.split(',').map((part) => part.trim())) {
    const [network = '', bits, ...more] = one.split('/');
    const version = isIP(network);
    const most = version === 4 ? 32 : 128;
    const length = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
    if (version === 0 || more.length > 0 || !(length <= most)) return null;
    list.addSubnet(network, length, version === 4 ? 'ipv4' : 'ipv6');
  }
  return (address) => {
    const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
    const version = isIP(plain);
    return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6');
  };
}
