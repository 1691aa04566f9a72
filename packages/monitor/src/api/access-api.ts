import type {
  FarmMember,
  JoinCode,
  NewToken,
  NewWebhook,
  Posting,
  Token,
  Webhook,
} from '@akashganga/protocol';
import { call } from './call.ts';

// Who may join, who may do what, and who is told: what admins ask and change.

const get = <Reply>(path: string, signal?: AbortSignal) => call<Reply>('GET', path, undefined, signal);
const id = (path: string, one: string) => `${path}/${encodeURIComponent(one)}`;

export type MadeCode = JoinCode & { readonly code: string };
export type MadeToken = Token & { readonly token: string; readonly pass: string };
export type MadeWebhook = Webhook & { readonly secret: string };

export const accessApi = {
  makeCode: (wish: { uses: number; expiresSeconds: number }) => call<MadeCode>('POST', '/join-codes', wish),
  codes: async (signal?: AbortSignal) =>
    (await get<{ joinCodes: JoinCode[] }>('/join-codes', signal)).joinCodes,
  revokeCode: (one: string) => call<JoinCode>('DELETE', id('/join-codes', one)),
  members: async (signal?: AbortSignal) => (await get<{ members: FarmMember[] }>('/members', signal)).members,
  revokeMember: (one: string) => call<FarmMember>('DELETE', id('/members', one)),
  tokens: async (signal?: AbortSignal) => (await get<{ tokens: Token[] }>('/tokens', signal)).tokens,
  makeToken: (wish: Partial<NewToken> & Pick<NewToken, 'role' | 'name'>) =>
    call<MadeToken>('POST', '/tokens', wish),
  revokeToken: (one: string) => call<Token>('DELETE', id('/tokens', one)),
  webhooks: async (signal?: AbortSignal) =>
    (await get<{ webhooks: Webhook[] }>('/webhooks', signal)).webhooks,
  addWebhook: (wish: NewWebhook) => call<MadeWebhook>('POST', '/webhooks', wish),
  testWebhook: (one: string) => call<Posting>('POST', `${id('/webhooks', one)}/test`),
  postings: async (one: string, signal?: AbortSignal) =>
    (await get<{ postings: Posting[] }>(`${id('/webhooks', one)}/postings`, signal)).postings,
  removeWebhook: (one: string) => call<Webhook>('DELETE', id('/webhooks', one)),
};
