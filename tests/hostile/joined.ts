import { readFile } from 'node:fs/promises';
import { FarmClient } from '@akashganga/client';
import { accessRoutes, type JoinRole, readJoinCode } from '@akashganga/protocol';
import { makeKeyPair, type TlsIdentity } from '@akashganga/trust';
import type { TestFarm } from '../farm/processes/test-farm.ts';

/** What joined a farm by hand: it has a certificate, and says what no program of ours would. */
export interface Joined {
  readonly id: string;
  readonly joinCode: string;
  readonly tls: TlsIdentity;
}

/** `authority` is the farm's certificate (PEM). */
export async function joinByHand(client: FarmClient, role: JoinRole, authority: string): Promise<Joined> {
  const { code, id: joinCode } = await client.call(accessRoutes.joinCode, { body: { for: role } });
  const { publicKey, key } = makeKeyPair();
  const body = { secret: readJoinCode(code).secret, name: `a ${role}`, publicKey, id: null };
  const { id, certificate } = await client.call(accessRoutes.join, { body });
  return { id, joinCode, tls: { certificate, authority, key } };
}

/** A member that lies to a farm of processes, by HTTP and with a certificate that is right. */
export class Liar implements AsyncDisposable {
  readonly id: string;
  readonly boot = 'liar-boot-1';
  /** To the manager. */
  readonly client: FarmClient;
  readonly #tls: TlsIdentity;

  private constructor({ id, tls }: Joined, port: number) {
    this.id = id;
    this.#tls = tls;
    this.client = new FarmClient({ url: `https://127.0.0.1:${port}`, tls });
  }

  static async of(farm: TestFarm, role: JoinRole): Promise<Liar> {
    const authority = await readFile(farm.folder.join('manager', 'trust', 'farm.crt'), 'utf8');
    return new Liar(await joinByHand(farm.client, role, authority), farm.port);
  }

  /** To a frame server. */
  to(url: string): FarmClient {
    return new FarmClient({ url, tls: this.#tls, shows: 'frames' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
  }
}
