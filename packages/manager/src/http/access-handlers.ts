import { accessRoutes, FarmError, writeJoinCode, writePass } from '@akashganga/protocol';
import { fingerprintOf } from '@akashganga/trust';
import type { Asker } from '../access/asker.ts';
import { principalOf } from './access.ts';
import type { Rooms } from './app.ts';
import { mustBeOwn } from './must-be-own.ts';
import { callerAddress } from './remote-address.ts';
import { type App, serve } from './serve.ts';
import { whoAsks } from './who-asks.ts';

/** Join codes, the computers that joined, and the tokens of people. */
export function serveAccess(app: App, rooms: Rooms): void {
  const { who, log } = rooms;
  const fingerprint = () => {
    if (rooms.authority) return fingerprintOf(rooms.authority.certificate);
    const why = 'this farm ends with the command that started it; start one with `akashganga up`';
    throw new FarmError('access.forbidden', { who: 'Nobody', why });
  };
  const urls = () => rooms.urls().map((url) => url.replace(/^http:/, 'https:'));
  serve(app, accessRoutes.joinCode, async ({ body, context }) => {
    const { row, secret } = await who.makeJoinCode(body, whoAsks(context, rooms));
    return { ...row, code: writeJoinCode({ urls: urls(), fingerprint: fingerprint(), secret }) };
  });
  serve(app, accessRoutes.joinCodes, () => ({ joinCodes: who.listJoinCodes() }));
  serve(app, accessRoutes.revokeJoinCode, ({ params, context }) =>
    who.revokeJoinCode(params.id, whoAsks(context, rooms)),
  );
  serve(app, accessRoutes.join, async ({ body, context }) => {
    const from = callerAddress(context, rooms.isProxy);
    if (!who.knowsCode(body.secret)) rooms.turnstile.wasWrong(from);
    const reply = await who.join(body, from);
    log.info({ member: reply.id, role: reply.role, name: body.name }, 'a computer joined the farm');
    return reply;
  });
  serve(app, accessRoutes.members, () => ({ members: who.listMembers() }));
  serve(app, accessRoutes.revokeMember, async ({ params, context }) => {
    const asker = whoAsks(context, rooms);
    const member = await who.revokeMember(params.id, asker);
    await takeWorkBack(rooms, params.id, asker);
    return member;
  });
  serve(app, accessRoutes.shutOut, ({ query }) => {
    if (!who.isLoaded) throw new FarmError('farm.standing-by');
    const { mark, members } = who.shutOut();
    return { mark, members: query.known === mark ? null : members };
  });
  serve(app, accessRoutes.renew, async ({ params, body, context }) => {
    mustBeOwn(context, params.id);
    return { certificate: await who.renew(principalOf(context).role as 'worker', params.id, body.publicKey) };
  });
  serve(app, accessRoutes.addToken, async ({ body, context }) => {
    const { row, text } = await who.addToken(body, whoAsks(context, rooms));
    const pass = writePass({ urls: urls(), fingerprint: fingerprint(), token: text });
    return { ...row, token: text, pass };
  });
  serve(app, accessRoutes.tokens, () => ({ tokens: who.listTokens() }));
  serve(app, accessRoutes.revokeToken, ({ params, context }) =>
    who.revokeToken(params.id, whoAsks(context, rooms)),
  );
}

/** What a computer that was shut out has of work goes to others; its workers are forgotten. */
async function takeWorkBack(rooms: Rooms, id: string, asker: Asker): Promise<void> {
  const farm = rooms.farm();
  if (!farm) return;
  const ids = [...farm.state.workers.keys()].filter((worker) => worker === id || worker.startsWith(`${id}-`));
  for (const worker of ids)
    await farm.run({ kind: 'remove-worker', worker, ...asker }).catch((error: unknown) => {
      // It may have been removed meanwhile.
      if (!(error instanceof FarmError) || error.code !== 'worker.unknown') throw error;
    });
}
