import { connectorFor, type FarmClient } from '@akashganga/client';
import { API_PREFIX, accessRoutes } from '@akashganga/protocol';
import type { TlsIdentity } from '@akashganga/trust';
import { Agent, request } from 'undici';
import { joinByHand } from '../joined.ts';
import type { FuzzRequest } from './requests.ts';

export interface Answer {
  readonly status: number;
  readonly type: string;
  /** The beginning, at most a megabyte. */
  readonly text: string;
}

/** Where something is asked: `127.0.0.1:PORT`, and what answers there. */
export interface Place {
  readonly at: string;
  readonly shows: 'manager' | 'frames';
}

interface Caller {
  readonly tls: TlsIdentity | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Ids that must stay for it to go on asking. */
  readonly ids: readonly string[];
}

/** How long an answer may take. Requests that are kept open on purpose are let go of sooner. */
const PATIENCE_MS = 30_000;
const KEPT_OPEN = /\/(work|events)$/;

/** Somebody of each role, and nobody. */
export class Callers {
  readonly #callers: ReadonlyMap<string, Caller>;
  readonly #agents = new Map<string, Agent>();

  private constructor(callers: ReadonlyMap<string, Caller>) {
    this.#callers = callers;
  }

  /** `authority` is the farm's certificate (PEM), `key` the farm's own. */
  static async of(client: FarmClient, authority: string, key: string): Promise<Callers> {
    const callers = new Map<string, Caller>([
      ['nobody', { tls: null, headers: {}, ids: [] }],
      ['owner', { tls: null, headers: { authorization: `Bearer ${key}` }, ids: [] }],
    ]);
    for (const role of ['admin', 'artist', 'viewer'] as const) {
      const { token, id } = await client.call(accessRoutes.addToken, { body: { role, name: `the ${role}` } });
      callers.set(role, { tls: null, headers: { authorization: `Bearer ${token}` }, ids: [id] });
    }
    for (const role of ['worker', 'frames'] as const) {
      const { id, joinCode, tls } = await joinByHand(client, role, authority);
      callers.set(role, { tls, headers: {}, ids: [joinCode, id] });
    }
    return new Callers(callers);
  }

  get roles(): string[] {
    return [...this.#callers.keys()];
  }

  get ids(): string[] {
    return [...this.#callers.values()].flatMap((caller) => caller.ids);
  }

  /** What the member of this role is called in the farm. */
  memberId(role: 'worker' | 'frames'): string {
    return this.#callers.get(role)?.ids.at(-1) ?? '';
  }

  /** The answer, or null for a request that stays open. Throws when none comes. */
  async ask(place: Place, { operation, role, path, headers, body }: FuzzRequest): Promise<Answer | null> {
    const caller = this.#callers.get(role);
    if (!caller) throw new Error(`there is no ${role}`);
    const staysOpen = KEPT_OPEN.test(operation.path);
    const signal = AbortSignal.timeout(staysOpen ? 500 : PATIENCE_MS);
    try {
      const reply = await request(`${caller.tls ? 'https' : 'http'}://${place.at}${API_PREFIX}${path}`, {
        ...{ dispatcher: this.#agentOf(caller, place), method: operation.method as 'GET', signal, body },
        headers: { ...caller.headers, ...headers },
      });
      const type = String(reply.headers['content-type'] ?? '');
      return { status: reply.statusCode, type, text: await beginning(reply.body, staysOpen) };
    } catch (error) {
      if (staysOpen && signal.aborted) return null;
      throw error;
    }
  }

  #agentOf({ tls }: Caller, { shows }: Place): Agent {
    const name = tls ? `${tls.certificate} ${shows}` : 'plain';
    const agent = this.#agents.get(name) ?? newAgent(tls, shows);
    this.#agents.set(name, agent);
    return agent;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const agent of this.#agents.values()) await agent.destroy();
  }
}

function newAgent(tls: TlsIdentity | null, shows: Place['shows']): Agent {
  const shared = { headersTimeout: 0, bodyTimeout: 0, connections: 64 };
  return new Agent({ ...shared, ...(tls ? { connect: connectorFor({ tls, shows }, 5000) } : {}) });
}

async function beginning(
  body: AsyncIterable<Uint8Array> & { destroy(): void },
  isStream: boolean,
): Promise<string> {
  let text = '';
  for await (const piece of body) {
    text += Buffer.from(piece).toString('utf8');
    if (isStream || text.length > 1e6) break;
  }
  return text;
}
