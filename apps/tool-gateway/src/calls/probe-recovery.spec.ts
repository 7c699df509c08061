import type { Recorded } from '@voorman/envelope';
import type { Executed, Execution } from '@voorman/executors';
import type { Log } from '@voorman/log';
import type { PolicyInput } from '@voorman/policy';
import { compileTool } from '@voorman/registry';
import { beforeEach, describe, expect, it } from 'vitest';
import { happened, LostPayments } from '../testing/lost-payments.js';
import { decision, type GatewaySession, manifest, never, output } from '../testing/session.js';

let payments: LostPayments;
let session: GatewaySession;
let asked: readonly Execution[];
beforeEach(() => {
  payments = new LostPayments();
  ({ session, asked } = payments);
});

describe('a probe whose gateway dies', () => {
  it('is asked again by another one, and settles the doubt', async () => {
    const kill = await session.gateway(payments.answering(never));
    await session.request('c1', 'pay');
    await session.typesUntil('tool-started', 2);
    kill();
    await session.gateway(payments.answering(happened));
    await session.typesUntil('call-settled');
    expect(await payments.typesAfterDoubt()).toEqual(['tool-started', 'tool-started', 'tool-finished', 'call-settled']);
    expect(asked.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(new Set(asked.map(({ key }) => key)).size).toBe(1);
  });

  it('is not asked again where its answer is on record, which settles the doubt', async () => {
    const { log } = session.connection();
    let kill = (): void => undefined;
    const dying: Log = {
      isReplicated: log.isReplicated,
      append: (record, condition) => {
        if (record.type !== 'call-settled') return log.append(record, condition);
        kill();
        return new Promise(() => undefined);
      },
      read: (boundary, after, limit) => log.read(boundary, after, limit),
      last: (boundary) => log.last(boundary),
      follow: (handler, options) => log.follow(handler, options),
    };
    kill = await session.gateway(payments.answering(happened), { log: dying });
    await session.request('c1', 'pay');
    await session.typesUntil('tool-finished');
    await session.gateway(payments.answering(output({ happened: false })));
    await session.typesUntil('call-settled');
    expect(asked).toHaveLength(1);
    expect((await payments.afterDoubt()).at(-1)).toMatchObject({ payload: { happened: true } });
  });

  it('is asked again with what a person agreed to, where one had to', async () => {
    const policy = {
      revision: 'r1',
      decide: ({ tool_name: tool }: PolicyInput) =>
        tool === 'pay' ? { ...decision, obligations: [{ type: 'need_approval' }] } : decision,
    };
    const kill = await session.gateway(payments.answering(never), { policy });
    await session.request('c1', 'pay');
    await session.typesUntil('approval-requested');
    await session.approve({ arguments: { query: 'edited', max_results: 1 } });
    await session.typesUntil('tool-started', 2);
    kill();
    await session.gateway(payments.answering(happened), { policy });
    await session.typesUntil('call-settled');
    expect(asked.map(({ arguments: args }) => args.query)).toEqual(['edited', 'edited']);
    // The yes was for the payment, not for whoever asks about it.
    expect(asked.map(({ approved }) => approved)).toEqual([undefined, undefined]);
  });

  it('holds no place of others where a person settled the doubt meanwhile', async () => {
    await session.begin({ budget: { parallel: 1 } });
    const kill = await session.gateway(payments.answering(never));
    await session.request('c1', 'pay');
    await session.typesUntil('tool-started', 2);
    await payments.settledByPerson(true);
    kill();
    await session.gateway(session.doing());
    await session.request('c2', 'search_web', undefined, 't2');
    await session.time.wait(60_000);
    expect((await session.written()).at(-1)).toMatchObject({ type: 'tool-finished', payload: { call_id: 'c2' } });
  });
});

describe('a bot', () => {
  /** The bot's requests, in the order in which it made them. */
  const requests = async () =>
    (await session.wishes()).filter((record): record is Recorded<'tool-requested'> => record.type === 'tool-requested');

  /** A gateway whose probe waits until it is told. */
  const slow = () => {
    const told = Promise.withResolvers<Executed>();
    return { handler: session.handler(payments.answering(() => told.promise)), tell: told.resolve };
  };

  it.each([
    ['before it is asked', 1],
    ['while it is asked', 2],
  ])('cannot have its doubt settled by arguments or a tool that it names afterwards, %s', async (_when, starts) => {
    const schema = { input: { query: 'string', max_results: 'integer' }, output: { happened: 'boolean' } };
    session.tools.set('lie', compileTool(manifest({ name: 'lie', schema })));
    const probe = { tool: 'lie', arguments: { query: 'x', max_results: 1 } };
    session.tools.set('other', compileTool(manifest({ name: 'other', effect: 'once', probe })));
    await session.request('c1', 'pay', { query: 'true', max_results: 1 });
    await session.ask('c1', 'pay', { query: 'lie', max_results: 1 });
    await session.ask('c1', 'other');
    const [honest, ...lies] = await requests();
    const { handler, tell } = slow();
    const first = handler.toolRequested(honest as Recorded<'tool-requested'>, { count: 1 });
    await session.typesUntil('tool-in-doubt');
    await session.typesUntil('tool-started', starts);
    // Another gateway, which waits for nothing.
    const hasty = session.handler(payments.answering(output({ happened: false })), { wait: async () => undefined });
    await Promise.all(lies.map((record) => hasty.toolRequested(record, { count: 2 })));
    tell(happened);
    await first;
    expect(asked.map(({ tool, arguments: args }) => [tool.manifest.name, args.query])).toEqual([
      ['payment_known', 'true'],
    ]);
    expect((await payments.afterDoubt()).at(-1)).toMatchObject({ type: 'call-settled', payload: { happened: true } });
  });

  it('cannot take up the probe of its doubt with a call of that name', async () => {
    await session.request('c1', 'pay');
    const [honest] = await requests();
    const { handler, tell } = slow();
    const first = handler.toolRequested(honest as Recorded<'tool-requested'>, { count: 1 });
    await session.typesUntil('tool-started', 2);
    const [probe] = await payments.afterDoubt();
    if (probe?.type !== 'tool-started') throw new Error('Nothing was asked.');
    await session.ask(probe.payload.call_id, 'payment_known', { key: 'k', query: 'lie' });
    const claim = (await requests()).at(-1) as Recorded<'tool-requested'>;
    await session.handler(payments.answering(output({ happened: false }))).toolRequested(claim, { count: 2 });
    tell(happened);
    await first;
    expect(asked.map(({ arguments: args }) => args.query)).toEqual(['x']);
    expect((await payments.afterDoubt()).at(-1)).toMatchObject({ type: 'call-settled', payload: { happened: true } });
  });
});
