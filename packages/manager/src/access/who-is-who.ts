import { randomBytes } from 'node:crypto';
import {
  FarmError,
  type FarmMember,
  type JoinCode,
  type JoinReply,
  type JoinRequest,
  type MemberRole,
  type NewJoinCode,
  type NewToken,
  type Token,
} from '@akashganga/protocol';
import { type Certified, idOfKey, issueCertificate } from '@akashganga/trust';
import type { AccessNews, AccessRows, JoinCodeRow, MemberRow, TokenRow } from '../record/access-rows.ts';
import { changeOfCode, changeOfMember, changeOfToken } from './access-change.ts';
import type { Asker } from './asker.ts';
import { drawToken, drawTokenOfMember } from './draw-token.ts';
import { find, listShutOut, newestFirst } from './list-access.ts';
import type { Principal } from './principal.ts';
import { refuseUsedUp } from './refuse-used-up.ts';
import { drawId, hashOf } from './secrets.ts';
import { personRow } from './sign-in/person-row.ts';
import type { SignedInPerson } from './sign-in/sign-in-service.ts';
import { bearerOf, holds, listed } from './token-row.ts';

export interface WhoIsWhoOptions {
  /** Signs the certificates of members; null when this farm is of one computer only. */
  readonly authority: Certified | null;
  readonly read: () => Promise<AccessRows>;
  readonly write: (news: AccessNews) => Promise<void>;
  readonly now: () => number;
}

/** How exactly it is known when a token was used last. */
const USED_MS = 60_000;

/**
 * Tokens, join codes and members. All are held in memory, so that a wrong token costs one look into a map and no
 * question to the database; a change is answered when it is written. Before `load` everybody is unknown.
 */
export class WhoIsWho {
  readonly #options: WhoIsWhoOptions;
  #tokens = new Map<string, TokenRow>();
  #byHash = new Map<string, TokenRow>();
  #codes = new Map<string, JoinCodeRow>();
  #members = new Map<string, MemberRow>();
  #isLoaded = false;
  /** Made when it is asked for. */
  #shutOut: { mark: string; members: string[] } | null = null;
  /** Changes are made one after the other: two computers cannot both be the last one of a code. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: WhoIsWhoOptions) {
    this.#options = options;
  }

  async load(): Promise<void> {
    const { tokens, joinCodes, members } = await this.#options.read();
    this.#tokens = new Map(tokens.map((row) => [row.id, row]));
    this.#byHash = new Map(tokens.map((row) => [row.hash, row]));
    this.#codes = new Map(joinCodes.map((row) => [row.id, row]));
    this.#members = new Map(members.map((row) => [row.id, row]));
    this.#shutOut = null;
    this.#isLoaded = true;
  }

  /** Knows nobody until it is loaded again. */
  forget(): void {
    this.#isLoaded = false;
  }

  /** Whose token this is; null when it is nobody's, or nobody's any more. */
  byToken(text: string): Principal | null {
    const row = this.#byHash.get(hashOf(text));
    return row ? this.byTokenId(row.id) : null;
  }

  /** As `byToken`, for a session that was begun with the token. */
  byTokenId(id: string): Principal | null {
    const row = this.#tokens.get(id);
    const now = this.#options.now();
    if (!row || !holds(row, now)) return null;
    if (now - (row.lastUsedAt ?? 0) > USED_MS) {
      this.#rememberToken({ ...row, lastUsedAt: now });
      // That it was used is worth no error to whoever uses it. In its turn, so that it undoes no change.
      this.#change(() => this.#options.write({ tokens: [this.#tokens.get(id) ?? row] })).catch(
        () => undefined,
      );
    }
    return bearerOf(row);
  }

  /** A member that showed its certificate. Throws `access.revoked`. */
  member(role: MemberRole, id: string): Principal {
    const row = this.#members.get(id);
    if (row && row.revokedAt !== null) throw new FarmError('access.revoked', { member: row.name });
    return { role, id, name: row?.name ?? id, allJobs: false };
  }

  /** Whether somebody is waiting to be known: another manager leads, or this one has only begun to. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** The members that were shut out, and a mark that changes whenever they do. */
  shutOut(): { mark: string; members: string[] } {
    this.#shutOut ??= listShutOut(this.#members.values());
    return this.#shutOut;
  }

  listTokens(): Token[] {
    return newestFirst(this.#tokens.values()).map(listed);
  }

  listJoinCodes(): JoinCode[] {
    return newestFirst(this.#codes.values()).map(({ hash: _, ...code }) => code);
  }

  listMembers(): FarmMember[] {
    return [...this.#members.values()]
      .sort((a, b) => b.joinedAt - a.joinedAt)
      .map(({ publicKey: _, ...member }) => member);
  }

  /** A new token; its text is known to nobody afterwards. Throws `access.name-taken`. */
  addToken(order: NewToken, asker: Asker): Promise<{ row: Token; text: string }> {
    return this.#change(async () => {
      const now = this.#options.now();
      for (const one of this.#tokens.values())
        if (one.name === order.name && holds(one, now))
          throw new FarmError('access.name-taken', { name: order.name });
      const { row, text } = drawToken(order, asker.by, null, now);
      await this.#options.write({ tokens: [row], changes: [changeOfToken('add-token', row, asker, now)] });
      this.#rememberToken(row);
      return { row: listed(row), text };
    });
  }

  /**
   * A person whom a sign-in service vouches for, kept as a token whose text nobody knows: listed and revoked like others.
   * Throws `login.revoked`.
   */
  signIn(person: SignedInPerson, asker: Asker): Promise<Principal> {
    return this.#change(async () => {
      const known = this.#tokens.get(person.id);
      const row = personRow(known, person, asker.by, this.#options.now());
      const isOther = known?.role !== row.role;
      const changes = isOther ? [changeOfToken('add-token', row, asker, this.#options.now())] : [];
      await this.#options.write({ tokens: [row], changes });
      this.#rememberToken(row);
      return bearerOf(row);
    });
  }

  /** Throws `access.unknown`. */
  revokeToken(id: string, asker: Asker): Promise<Token> {
    return this.#change(async () => {
      const now = this.#options.now();
      const row = { ...find(this.#tokens, 'token', id), revokedAt: now };
      await this.#options.write({ tokens: [row], changes: [changeOfToken('revoke-token', row, asker, now)] });
      this.#rememberToken(row);
      return listed(row);
    });
  }

  /** A new join code and its secret, which is known to nobody afterwards. */
  makeJoinCode(order: NewJoinCode, asker: Asker): Promise<{ row: JoinCode; secret: string }> {
    return this.#change(async () => {
      this.#needAuthority();
      const { expiresSeconds, ...said } = order;
      const secret = randomBytes(16).toString('base64url');
      const createdAt = this.#options.now();
      const row: JoinCodeRow = {
        ...{ ...said, id: drawId('j'), hash: hashOf(secret), used: 0, createdAt, createdBy: asker.by },
        ...{ expiresAt: createdAt + expiresSeconds * 1000, revokedAt: null },
      };
      const change = changeOfCode('add-join-code', row, asker, createdAt);
      await this.#options.write({ joinCodes: [row], changes: [change] });
      this.#codes.set(row.id, row);
      const { hash: _, ...code } = row;
      return { row: code, secret };
    });
  }

  /** Whether there was such a code ever; it may have been used up. */
  knowsCode(secret: string): boolean {
    return !this.#isLoaded || this.#codeOf(secret) !== undefined;
  }

  /** Throws `access.unknown`. */
  revokeJoinCode(id: string, asker: Asker): Promise<JoinCode> {
    return this.#change(async () => {
      const now = this.#options.now();
      const row = { ...find(this.#codes, 'join code', id), revokedAt: now };
      const change = changeOfCode('revoke-join-code', row, asker, now);
      await this.#options.write({ joinCodes: [row], changes: [change] });
      this.#codes.set(id, row);
      const { hash: _, ...code } = row;
      return code;
    });
  }

  /**
   * Lets a computer in. The same key may come again with the same code, because its first answer was lost: it gets its
   * certificate and uses nothing up. Throws `access.wrong-key`, `access.code-refused`, `access.name-taken`.
   */
  join(request: JoinRequest, from: string): Promise<JoinReply> {
    return this.#change(async () => {
      const authority = this.#needAuthority();
      const now = this.#options.now();
      const code = this.#codeOf(request.secret);
      if (!code) throw new FarmError('access.code-refused', { why: 'the farm does not know it' });
      const publicKey = hashOf(request.publicKey.trim());
      const id = this.#idFor(code, request);
      const known = this.#members.get(id);
      if (known && known.publicKey !== publicKey)
        throw new FarmError('access.code-refused', { why: 'another computer has its id' });
      const isAgain = known?.joinCode === code.id && known.revokedAt === null;
      if (!isAgain) refuseUsedUp(code, now);
      const { publicKey: pem, name } = request;
      const order = { publicKey: pem, role: code.for, id, names: [], now };
      const certificate = await issueCertificate(authority, order);
      const member: MemberRow = {
        ...{ id, role: code.for, name, publicKey, joinCode: code.id },
        ...{ joinedAt: isAgain ? known.joinedAt : now, revokedAt: null },
      };
      const used = { ...code, used: code.used + (isAgain ? 0 : 1) };
      const token = code.rendersOnly || code.for !== 'worker' ? null : drawTokenOfMember(member, now);
      const replaced = token ? this.#replacedTokens(id, now) : [];
      const tokens = token ? [...replaced, token.row] : [];
      const changes = isAgain ? [] : [changeOfMember('join', member, { by: name, from }, now)];
      await this.#options.write({ joinCodes: [used], members: [member], tokens, changes });
      this.#codes.set(code.id, used);
      this.#members.set(id, member);
      this.#shutOut = null;
      for (const row of tokens) this.#rememberToken(row);
      return { id, role: code.for, certificate, token: token?.text ?? null };
    });
  }

  /** A new certificate for the key that the member has. Throws `access.forbidden` for another key. */
  async renew(role: MemberRole, id: string, publicKey: string): Promise<string> {
    const row = this.#members.get(id);
    if (!row || row.publicKey !== hashOf(publicKey.trim()))
      throw new FarmError('access.forbidden', { who: id, why: 'it joined with another key' });
    const order = { publicKey, role, id, names: [], now: this.#options.now() };
    return issueCertificate(this.#needAuthority(), order);
  }

  /** Throws `access.unknown`. */
  revokeMember(id: string, asker: Asker): Promise<FarmMember> {
    return this.#change(async () => {
      const now = this.#options.now();
      const row = { ...find(this.#members, 'member', id), revokedAt: now };
      const tokens = this.#replacedTokens(id, now);
      const changes = [changeOfMember('shut-out', row, asker, now)];
      await this.#options.write({ members: [row], tokens, changes });
      this.#members.set(id, row);
      this.#shutOut = null;
      for (const token of tokens) this.#rememberToken(token);
      const { publicKey: _, ...member } = row;
      return member;
    });
  }

  // A frame server keeps the name under which the farm knows its frames; all others are called after their key.
  #idFor(code: JoinCodeRow, request: JoinRequest): string {
    if (code.for === 'frames' && request.id !== null) return request.id;
    return idOfKey(code.for, request.publicKey);
  }

  #codeOf(secret: string): JoinCodeRow | undefined {
    const hash = hashOf(secret);
    return [...this.#codes.values()].find((one) => one.hash === hash);
  }

  #replacedTokens(member: string, now: number): TokenRow[] {
    const own = [...this.#tokens.values()].filter((one) => one.member === member && one.revokedAt === null);
    return own.map((row) => ({ ...row, revokedAt: now }));
  }

  #rememberToken(row: TokenRow): void {
    this.#tokens.set(row.id, row);
    this.#byHash.set(row.hash, row);
  }

  #needAuthority(): Certified {
    if (this.#options.authority) return this.#options.authority;
    const why = 'this farm ends with the command that started it; start one with `akashganga up`';
    throw new FarmError('access.forbidden', { who: 'Nobody', why });
  }

  #change<T>(work: () => Promise<T>): Promise<T> {
    if (!this.#isLoaded) return Promise.reject(new FarmError('farm.standing-by'));
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}
