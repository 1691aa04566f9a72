import { createHash, generateKeyPairSync, webcrypto, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { FarmError, type MemberRole } from '@akashganga/protocol';
import { INTERNAL_NAME } from './member.ts';

/** A certificate and its private key, as PEM. */
export interface Certified {
  readonly certificate: string;
  readonly key: string;
}

export interface IssueOrder {
  /** The owner's public key, as PEM; its private half stays where it was made. */
  readonly publicKey: string;
  readonly role: MemberRole;
  readonly id: string;
  /** Host names and addresses that browsers may find it by. */
  readonly names: readonly string[];
  readonly now: number;
}

const DAY = 86_400_000;
const AUTHORITY_DAYS = 20 * 365;
export const CERTIFICATE_DAYS = 365;
/** A certificate is renewed when less than this is left of it. */
export const RENEW_DAYS = 120;
/** Clocks of computers differ; a certificate counts from a day before it was made. */
const EARLIER = DAY;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** A new key pair (ECDSA P-256), as PEM. */
export function makeKeyPair(): { publicKey: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }) as string,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

/** The SHA-256 of a certificate, in hex. */
export function fingerprintOf(certificate: string | Buffer): string {
  return createHash('sha256').update(new X509Certificate(certificate).raw).digest('hex');
}

/** The id that goes with a key: nobody else can have it without the key. */
export function idOfKey(role: MemberRole, publicKey: string): string {
  return `${role.charAt(0)}-${createHash('sha256').update(derOf(publicKey)).digest('hex').slice(0, 20)}`;
}

/** A new authority for a farm, for twenty years from `now` (ms). */
export async function makeAuthority(now: number): Promise<Certified> {
  const x509 = await library();
  const pair = makeKeyPair();
  const privateKey = await privateKeyOf(pair.key);
  const publicKey = await publicKeyOf(pair.publicKey);
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=Akashganga farm ${fingerprintOfKey(pair.publicKey)}, O=Akashganga`,
    notBefore: new Date(now - EARLIER),
    notAfter: new Date(now + AUTHORITY_DAYS * DAY),
    signingAlgorithm: ALGORITHM,
    keys: { privateKey, publicKey },
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return { certificate: made.toString('pem'), key: pair.key };
}

/** A certificate for a member, good for serving and for calling. Throws `request.invalid` for a key that is none. */
export async function issueCertificate(authority: Certified, order: IssueOrder): Promise<string> {
  const x509 = await library();
  const issuer = new x509.X509Certificate(authority.certificate);
  const publicKey = await publicKeyOf(order.publicKey);
  const usages = [x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth];
  const names = [...new Set([INTERNAL_NAME, ...order.names])].map((name) =>
    isIP(name) ? ({ type: 'ip', value: name } as const) : ({ type: 'dns', value: name } as const),
  );
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: [{ CN: [order.id] }, { OU: [order.role] }, { O: ['Akashganga'] }],
    issuer: issuer.subject,
    notBefore: new Date(order.now - EARLIER),
    notAfter: new Date(order.now + CERTIFICATE_DAYS * DAY),
    signingKey: await privateKeyOf(authority.key),
    publicKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(usages),
      new x509.SubjectAlternativeNameExtension(names),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return made.toString('pem');
}

/** Until when a certificate (PEM) holds; milliseconds since 1970. */
export function endOf(certificate: string): number {
  return Date.parse(new X509Certificate(certificate).validTo);
}

/** Whether a certificate is of this authority, of use for a while yet, and names all of `names`. */
export function isGood(
  certificate: string,
  authority: string,
  names: readonly string[],
  now: number,
): boolean {
  try {
    const one = new X509Certificate(certificate);
    if (!one.verify(new X509Certificate(authority).publicKey)) return false;
    if (endOf(certificate) < now + RENEW_DAYS * DAY) return false;
    return names.every((name) => (isIP(name) ? one.checkIP(name) : one.checkHost(name)) !== undefined);
  } catch {
    return false;
  }
}

// Loaded only where a certificate is made: it takes a tenth of a second.
async function library() {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(webcrypto as never);
  return x509;
}

function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
}

function fingerprintOfKey(publicKey: string): string {
  return createHash('sha256').update(derOf(publicKey)).digest('hex').slice(0, 8);
}

function serialNumber(): string {
  // Positive, as RFC 5280 wants it: the first bit is 0.
  const bytes = Buffer.from(webcrypto.getRandomValues(new Uint8Array(16)));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

function privateKeyOf(pem: string): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', derOf(pem), ALGORITHM, false, ['sign']);
}

async function publicKeyOf(pem: string): Promise<webcrypto.CryptoKey> {
  try {
    return await webcrypto.subtle.importKey('spki', derOf(pem), ALGORITHM, true, ['verify']);
  } catch (cause) {
    throw new FarmError(
      'request.invalid',
      { why: 'publicKey: it is no public key on the curve P-256' },
      { cause },
    );
  }
}
