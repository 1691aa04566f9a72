// Who is who: the farm's certificate authority, the certificates of its members, and ports that speak plain HTTP to
// this computer and TLS to all others.

export * from './address-ranges.ts';
export * from './browser-policy.ts';
export * from './certificates.ts';
export * from './fetch-authority.ts';
export * from './lease-pass.ts';
export * from './member.ts';
export * from './open-port.ts';
export * from './own-host.ts';
export * from './own-identity.ts';
