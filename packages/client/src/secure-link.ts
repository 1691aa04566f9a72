import { FarmError, type MemberRole } from '@akashganga/protocol';
import { INTERNAL_NAME, isLoopback, memberOf, type TlsIdentity } from '@akashganga/trust';
import { Agent, buildConnector, fetch as undiciFetch } from 'undici';

/** Whom a client expects to find at an address, and how it shows who it is itself. */
export interface Expected {
  /** The farm's authority and our own certificate. Absent: the certificates this computer trusts anyway count. */
  readonly tls?: TlsIdentity | null;
  /** What the other side must be in the farm. Default: its manager. */
  readonly shows?: MemberRole;
}

/**
 * Makes the connections of a client. Addresses change and certificates of the farm do not name them: what counts is
 * that the other side shows a certificate of the farm, and for the role that is asked for.
 */
export function connectorFor(
  { tls, shows = 'manager' }: Expected,
  timeout: number,
): buildConnector.connector {
  if (!tls) return buildConnector({ timeout });
  const make = () =>
    buildConnector({
      timeout,
      ca: tls.authority,
      ...(tls.certificate && tls.key ? { cert: tls.certificate, key: tls.key } : {}),
      minVersion: 'TLSv1.3',
      checkServerIdentity: (_, certificate) =>
        memberOf(certificate)?.role === shows
          ? undefined
          : Object.assign(new Error(`its certificate is not one of a ${shows}`), { code: 'NOT_THE_ROLE' }),
    });
  let shown = tls.certificate;
  let connect = make();
  return (options, callback) => {
    // Renewed meanwhile: what is kept of connections before was made with the old one.
    if (tls.certificate !== shown) {
      shown = tls.certificate;
      connect = make();
    }
    connect({ ...options, servername: INTERNAL_NAME }, callback);
  };
}

/** The usual `fetch`, over connections that are made like those of a client. */
export function fetchThrough(expected: Expected): typeof fetch {
  const dispatcher = new Agent({ connect: connectorFor(expected, 5000) });
  return (async (request: Request) => {
    const { url, method, headers, body, signal } = request;
    // Given in parts: the request is one of Node's own fetch, which another release of undici does not know.
    const parts = {
      method,
      headers: [...headers],
      body,
      signal,
      redirect: 'manual',
      duplex: 'half',
      dispatcher,
    };
    return undiciFetch(url, parts as never);
  }) as never;
}

/** Throws `access.needs-tls` for plain HTTP to another computer: whoever listens there would have the token. */
export function refusePlainHttp(url: string): void {
  const { protocol, hostname, host } = new URL(url);
  if (protocol === 'http:' && !isLoopback(hostname)) throw new FarmError('access.needs-tls', { host });
}

const DISTRUST: Readonly<Record<string, string>> = {
  NOT_THE_ROLE: 'it is another member of the farm',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is of another farm',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is of no farm',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is of no farm',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate is of no farm',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is of no farm',
  CERT_SIGNATURE_FAILURE: 'its certificate is of another farm',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; is the clock right',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
};

/** Why a connection was not trusted, in words; null when it failed for another reason. */
export function whyNotTrusted(error: unknown): string | null {
  return DISTRUST[(error as { code?: string }).code ?? ''] ?? null;
}
