import { text } from 'node:stream/consumers';
import { FarmError, NoticeEvent, NoticeShape, webhookRoutes } from '@akashganga/protocol';
import type { Command } from 'commander';
import { plain, tableText } from '../output/words.ts';
import type { OnFarm } from '../program.ts';
import { type CommonFlags, withCommonFlags } from './common-flags.ts';

interface AddFlags extends CommonFlags {
  readonly name?: string;
  readonly events: string;
  readonly shape: NoticeShape;
}

/** Where the farm tells people outside what happens. */
export function addWebhooks(program: Command, onFarm: OnFarm): void {
  const webhooks = program
    .command('webhook')
    .description('addresses that are told when a job ends or a worker is sick');
  withCommonFlags(webhooks.command('add').argument('<url>'))
    .description('tell an address; `-` reads it from the standard input, where no list of processes shows it')
    .option('--name <name>', 'what people call it (default: its host)')
    .option('--events <list>', 'of what', NoticeEvent.options.join(','))
    .option(
      '--shape <shape>',
      'all (Slack, Mattermost, programs), text (Google Chat) or content (Discord)',
      shapeFrom,
      'all',
    )
    .action((url: string, flags: AddFlags) =>
      onFarm(flags, async (client, { talk }) => {
        const address = url === '-' ? (await text(process.stdin)).trim() : url;
        const name = flags.name ?? (URL.canParse(address) ? new URL(address).host : 'webhook');
        const body = { name, url: address, events: eventsFrom(flags.events), shape: flags.shape };
        const made = await client.call(webhookRoutes.add, { body });
        talk.say(
          `${plain(made.name)} (${made.id}) is told of ${made.events.join(', ')}. Its secret is shown this once:`,
        );
        talk.answer(made.secret);
        talk.fact(made);
      }),
    );
  withCommonFlags(webhooks.command('list'))
    .description('the addresses that are told')
    .action((flags: CommonFlags) =>
      onFarm(flags, async (client, { talk }) => {
        const { webhooks: all } = await client.call(webhookRoutes.list, {});
        for (const one of all) talk.fact(one);
        if (all.length === 0) return talk.answer('Nobody is told.');
        const rows = all.map((one) => [
          one.id,
          plain(one.name),
          one.address,
          one.events.join(', '),
          String(one.waiting),
        ]);
        talk.answer(tableText([['ID', 'NAME', 'ADDRESS', 'OF', 'WAITING'], ...rows]));
      }),
    );
  addOnes(webhooks, onFarm);
}

function addOnes(webhooks: Command, onFarm: OnFarm): void {
  withCommonFlags(webhooks.command('test').argument('<id>'))
    .description('send a notice now, and say what became of it')
    .action((id: string, flags: CommonFlags) =>
      onFarm(flags, async (client, { talk }) => {
        const posting = await client.call(webhookRoutes.test, { params: { id } });
        talk.fact(posting);
        if (posting.state !== 'sent')
          throw new FarmError('webhook.not-taken', { id, why: posting.why ?? 'it was not said why' });
        talk.answer(`It was taken: ${posting.status}.`);
      }),
    );
  withCommonFlags(webhooks.command('history').argument('<id>'))
    .description('the notices that wait, and the latest that were sent or given up')
    .action((id: string, flags: CommonFlags) =>
      onFarm(flags, async (client, { talk }) => {
        const { postings } = await client.call(webhookRoutes.postings, { params: { id } });
        for (const one of postings) talk.fact(one);
        if (postings.length === 0) return talk.answer('Nothing was sent there yet.');
        const rows = postings.map((one) => [
          new Date(one.at).toISOString().slice(0, 16).replace('T', ' '),
          one.state,
          plain(one.text),
          one.why ?? '',
        ]);
        talk.answer(tableText([['WHEN (UTC)', 'STATE', 'NOTICE', ''], ...rows]));
      }),
    );
  withCommonFlags(webhooks.command('remove').argument('<id>'))
    .description('tell an address nothing any more')
    .action((id: string, flags: CommonFlags) =>
      onFarm(flags, async (client, { talk }) => {
        const removed = await client.call(webhookRoutes.remove, { params: { id } });
        talk.fact(removed);
        talk.answer(`${plain(removed.name)} is told nothing any more.`);
      }),
    );
}

function eventsFrom(value: string): NoticeEvent[] {
  return value.split(',').map((one) => {
    const known = NoticeEvent.safeParse(one.trim());
    if (known.success) return known.data;
    const why = `it is a list of ${NoticeEvent.options.join(', ')}`;
    throw new FarmError('usage.bad-flag', { flag: '--events', value, why });
  });
}

function shapeFrom(value: string): NoticeShape {
  const known = NoticeShape.safeParse(value);
  if (known.success) return known.data;
  const why = `it is ${NoticeShape.options.join(', ')}`;
  throw new FarmError('usage.bad-flag', { flag: '--shape', value, why });
}
