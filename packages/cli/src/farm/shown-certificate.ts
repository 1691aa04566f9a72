import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { FarmError } from '@akashganga/protocol';
import type { Certified } from '@akashganga/trust';

/** How often it is looked whether somebody, or a program that renews certificates, has put others into the files. */
const LOOK_MS = 5000;

/** The certificate that browsers are shown, from two files, which may be replaced at any time. */
export class ShownCertificate {
  readonly #files: readonly [certificate: string, key: string];
  readonly #timer: NodeJS.Timeout;
  #certified: Certified;
  #times: string;
  #onChange: (error: unknown) => void = () => undefined;

  private constructor(files: readonly [string, string], certified: Certified, times: string) {
    this.#files = files;
    this.#certified = certified;
    this.#times = times;
    this.#timer = setInterval(() => this.look(), LOOK_MS).unref();
  }

  /** Throws `usage.bad-flag`. */
  static async open(certificate: string, key: string): Promise<ShownCertificate> {
    const times = await timesOf([certificate, key]);
    return new ShownCertificate([certificate, key], await readPair(certificate, key), times);
  }

  get certified(): Certified {
    return this.#certified;
  }

  /** Told when another is shown, with null, and when what the files hold is not taken, with why. */
  onChange(told: (error: unknown) => void): void {
    this.#onChange = told;
  }

  /** Takes what the files hold now, if it is new and fits together; until then the one before is shown. */
  async look(): Promise<void> {
    const times = await timesOf(this.#files);
    if (times === this.#times) return;
    this.#times = times;
    try {
      this.#certified = await readPair(...this.#files);
      this.#onChange(null);
    } catch (error) {
      // One of two may be written yet: its time will be another then, and both are read again.
      this.#onChange(error);
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

/** From `--tls-cert` and `--tls-key`; null without them. Throws `usage.bad-flag`. */
export async function shownCertificate(flags: {
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
}): Promise<ShownCertificate | null> {
  const { tlsCert, tlsKey } = flags;
  if (tlsCert === undefined && tlsKey === undefined) return null;
  if (tlsCert !== undefined && tlsKey !== undefined) return ShownCertificate.open(tlsCert, tlsKey);
  const [flag, other] = tlsCert === undefined ? ['--tls-key', '--tls-cert'] : ['--tls-cert', '--tls-key'];
  throw new FarmError('usage.bad-flag', {
    flag,
    value: tlsCert ?? tlsKey,
    why: `it needs ${other} beside it`,
  });
}

async function timesOf(files: readonly string[]): Promise<string> {
  const found = await Promise.all(files.map((file) => stat(file).catch(() => null)));
  return JSON.stringify(found.map((one) => one && [one.mtimeMs, one.size, one.ino]));
}

async function readPair(certificateFile: string, keyFile: string): Promise<Certified> {
  const certificate = await read('--tls-cert', certificateFile);
  const key = await read('--tls-key', keyFile);
  try {
    if (new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))) return { certificate, key };
  } catch (cause) {
    throw new FarmError(
      'usage.bad-flag',
      { flag: '--tls-cert', value: certificateFile, why: 'it cannot be read as PEM' },
      { cause },
    );
  }
  throw new FarmError('usage.bad-flag', {
    flag: '--tls-key',
    value: keyFile,
    why: 'it is not the key of the certificate',
  });
}

async function read(flag: string, path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: Error) => {
    throw new FarmError('usage.bad-flag', { flag, value: path, why: cause.message }, { cause });
  });
}
