import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { FarmError } from '@akashganga/protocol';
import type { Certified } from '@akashganga/trust';

/** The certificate that browsers are shown, from `--tls-cert` and `--tls-key`. Throws `usage.bad-flag`. */
export async function shownCertificate(flags: {
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
}): Promise<Certified | null> {
  const { tlsCert, tlsKey } = flags;
  if (tlsCert === undefined && tlsKey === undefined) return null;
  if (tlsCert === undefined || tlsKey === undefined) {
    const [flag, other] = tlsCert === undefined ? ['--tls-key', '--tls-cert'] : ['--tls-cert', '--tls-key'];
    throw new FarmError('usage.bad-flag', {
      flag,
      value: tlsCert ?? tlsKey,
      why: `it needs ${other} beside it`,
    });
  }
  const certificate = await read('--tls-cert', tlsCert);
  const key = await read('--tls-key', tlsKey);
  try {
    if (new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))) return { certificate, key };
  } catch (cause) {
    throw new FarmError(
      'usage.bad-flag',
      { flag: '--tls-cert', value: tlsCert, why: 'it cannot be read as PEM' },
      { cause },
    );
  }
  throw new FarmError('usage.bad-flag', {
    flag: '--tls-key',
    value: tlsKey,
    why: 'it is not the key of the certificate',
  });
}

async function read(flag: string, path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: Error) => {
    throw new FarmError('usage.bad-flag', { flag, value: path, why: cause.message }, { cause });
  });
}
