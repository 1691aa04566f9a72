import { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import { FarmError } from '@akashganga/protocol';
import { fingerprintOf } from './certificates.ts';
import { INTERNAL_NAME, memberOf } from './member.ts';

/**
 * The certificate (PEM) of the authority of the farm at `url`, taken only if its fingerprint is the one that is known.
 * Nothing is sent but the greeting of TLS. Throws `farm.unreachable`, `access.wrong-fingerprint`.
 */
export async function fetchAuthority(url: string, fingerprint: string, milliseconds = 5000): Promise<string> {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((found, failed) => {
    // What it is told to trust is checked by hand below, before anything is believed.
    const socket = connect({
      host,
      port: Number(port || 443),
      servername: INTERNAL_NAME,
      rejectUnauthorized: false,
    });
    const fail = (why: string, cause?: unknown) => {
      socket.destroy();
      failed(new FarmError('farm.unreachable', { url, why }, { cause }));
    };
    socket.setTimeout(milliseconds, () => fail('no answer in time'));
    socket.once('error', (cause: NodeJS.ErrnoException) => fail(wordsFor(cause), cause));
    socket.once('secureConnect', () => {
      const shown = socket.getPeerCertificate(true);
      const authority = shown.issuerCertificate?.raw;
      socket.destroy();
      if (authority && fingerprintOf(authority) === fingerprint && isManagerOf(shown.raw, authority))
        if (memberOf(shown)?.role === 'manager') return found(new X509Certificate(authority).toString());
      failed(new FarmError('access.wrong-fingerprint', { url }));
    });
  });
}

function isManagerOf(certificate: Buffer, authority: Buffer): boolean {
  return new X509Certificate(certificate).verify(new X509Certificate(authority).publicKey);
}

function wordsFor(cause: NodeJS.ErrnoException): string {
  if (cause.code === 'ECONNREFUSED') return 'connection refused';
  if (/SSL|TLS|EPROTO/.test(cause.code ?? '')) return 'it does not speak TLS';
  return cause.code ?? 'the connection failed';
}
