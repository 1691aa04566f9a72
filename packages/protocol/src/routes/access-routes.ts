import { z } from 'zod';
import {
  AccessId,
  FarmMember,
  JoinCode,
  JoinReply,
  JoinRequest,
  NewJoinCode,
  NewToken,
  Token,
} from '../access.ts';
import { Link, LinkText, NewLink } from '../link.ts';
import { bytesRoute, jsonRoute } from '../route.ts';

const tag = 'access';
const params = z.object({ id: AccessId });

export const accessRoutes = {
  joinCode: jsonRoute({
    method: 'post',
    path: '/join-codes',
    summary: 'Make a code with which other computers join; its text is given this once',
    tag,
    body: NewJoinCode,
    reply: JoinCode.extend({ code: z.string() }),
  }),
  joinCodes: jsonRoute({
    method: 'get',
    path: '/join-codes',
    summary: 'The join codes, the newest first',
    tag,
    reply: z.object({ joinCodes: z.array(JoinCode) }),
  }),
  revokeJoinCode: jsonRoute({
    method: 'delete',
    path: '/join-codes/{id}',
    summary: 'Let nobody join with this code any more; who joined stays',
    tag,
    params,
    reply: JoinCode,
  }),
  join: jsonRoute({
    method: 'post',
    path: '/members',
    summary: 'Join with the secret of a join code and get a certificate (no token needed)',
    tag,
    body: JoinRequest,
    reply: JoinReply,
  }),
  members: jsonRoute({
    method: 'get',
    path: '/members',
    summary: 'The computers that joined, the newest first',
    tag,
    reply: z.object({ members: z.array(FarmMember) }),
  }),
  revokeMember: jsonRoute({
    method: 'delete',
    path: '/members/{id}',
    summary: 'Shut a computer out; the token of its people goes too',
    tag,
    params,
    reply: FarmMember,
  }),
  shutOut: jsonRoute({
    method: 'get',
    path: '/shut-out',
    summary: 'The members whose certificates are worth nothing any more; null when `known` is still the mark',
    tag,
    query: z.object({ known: z.string().max(100).default('') }),
    reply: z.object({ mark: z.string(), members: z.array(AccessId).nullable() }),
  }),
  makeLink: jsonRoute({
    method: 'post',
    path: '/links',
    summary: 'A link that shows one film or one frame to whoever has it, for a while',
    tag,
    body: NewLink,
    reply: Link,
  }),
  followLink: bytesRoute({
    method: 'get',
    path: '/shared/{link}',
    summary: 'What a link shows (no token needed)',
    tag,
    params: z.object({ link: LinkText }),
    gives: 'application/octet-stream',
  }),
  renew: jsonRoute({
    method: 'post',
    path: '/members/{id}/certificate',
    summary: 'A new certificate for the same key, before the old one ends',
    tag,
    params,
    body: z.object({ publicKey: z.string().max(2000) }),
    reply: z.object({ certificate: z.string() }),
  }),
  addToken: jsonRoute({
    method: 'post',
    path: '/tokens',
    summary: 'Make a token for somebody; its text is given this once',
    tag,
    body: NewToken,
    reply: Token.extend({ token: z.string(), pass: z.string() }),
  }),
  tokens: jsonRoute({
    method: 'get',
    path: '/tokens',
    summary: 'The tokens, the newest first',
    tag,
    reply: z.object({ tokens: z.array(Token) }),
  }),
  revokeToken: jsonRoute({
    method: 'delete',
    path: '/tokens/{id}',
    summary: 'Let nobody in with this token any more',
    tag,
    params,
    reply: Token,
  }),
};
