import { type JsonObject, type Recorded, taskBoundary } from '@voorman/envelope';
import type { Executed, Execution } from '@voorman/executors';
import { type Log, readAll } from '@voorman/log';
import type { PolicyInput } from '@voorman/policy';
import { compileTool } from '@voorman/registry';
import { beforeEach, describe, expect, it } from 'vitest';
import { decision, GatewaySession, manifest, never, output } from './testing/session.js';

type Wish = Recorded<'tool-requested'>;

let session: GatewaySession;
let executions: Execution[];
beforeEach(() => {
  session = new GatewaySession();
  session.tools.set('other', compileTool(manifest({ name: 'other', effect: 'once' })));
  executions = [];
});

/** A gateway whose tools take until they are told, and wait for nothing else. */
function slow() {
  const told = Promise.withResolvers<Executed>();
  const handler = session.handler((execution) => {
    executions.push(execution);
    return told.promise;
  });
  return { handler, tell: () => told.resolve(output()) };
}

/** Another gateway, which waits for nothing. */
const hasty = () =>
  session.handler(
    (execution) => {
      executions.push(execution);
      return output();
    },
    { wait: async () => undefined },
  );

/** The bot asks for these, one after the other; these are its records. */
async function wishes(...asked: readonly (readonly [tool: string, args?: JsonObject | undefined])[]): Promise<Wish[]> {
  for (const [tool, args] of asked) await session.request('c1', tool, args);
  return (await session.wishes()).filter((record): record is Wish => record.type === 'tool-requested');
}

const typesOf = (records: readonly Recorded[]) => records.map(({ type }) => type);
const evil = { query: 'evil', max_results: 1 };

describe('a second request under the name of a call that runs', () => {
  it.each([
    ['pay', 'pay', undefined],
    ['pay', 'pay', evil],
    ['pay', 'other', evil],
    ['pay', 'serch_web', evil],
    ['search_web', 'search_web', evil],
    ['search_web', 'other', undefined],
  ])('of %s, by %s, starts nothing, ends nothing, and is done with', async (tool, secondTool, args) => {
    const [first, second] = (await wishes([tool], [secondTool, args])) as [Wish, Wish];
    const { handler, tell } = slow();
    const running = handler.toolRequested(first, { count: 1 });
    await session.typesUntil('tool-started');
    for (const count of [1, 2]) await hasty().toolRequested(second, { count });
    await handler.toolRequested(second, { count: 3 });
    tell();
    await running;
    expect(typesOf(await session.written())).toEqual(['tool-started', 'tool-finished']);
    expect(executions.map((each) => [each.tool.manifest.name, each.arguments.query])).toEqual([[tool, 'x']]);
  });

  it('does not stand for the one that began it where that comes again to the same process', async () => {
    const [first, second] = (await wishes(['search_web'], ['search_web', evil])) as [Wish, Wish];
    void session.handler(never).toolRequested(first, { count: 1 });
    await session.typesUntil('tool-started');
    const other = hasty();
    await Promise.all([other.toolRequested(second, { count: 1 }), other.toolRequested(first, { count: 2 })]);
    expect(typesOf(await session.written())).toEqual(['tool-started', 'tool-started', 'tool-finished']);
    expect(executions.map((each) => each.arguments.query)).toEqual(['x']);
  });

  it('is no redelivery although it bears the same record id', async () => {
    const [first] = (await wishes(['pay'])) as [Wish];
    const { handler, tell } = slow();
    const running = handler.toolRequested(first, { count: 1 });
    await session.typesUntil('tool-started');
    const second = (await wishes(['pay', evil])).at(-1) as Wish;
    await hasty().toolRequested({ ...second, id: first.id }, { count: 2 });
    tell();
    await running;
    expect(typesOf(await session.written())).toEqual(['tool-started', 'tool-finished']);
  });

  it('carries the call no further after a crash, which the first one does', async () => {
    const [first, second] = (await wishes(['pay'], ['pay', evil])) as [Wish, Wish];
    void session.handler(never).toolRequested(first, { count: 1 });
    await session.typesUntil('tool-started');
    await hasty().toolRequested(second, { count: 2 });
    expect(typesOf(await session.written())).toEqual(['tool-started']);
    await hasty().toolRequested(first, { count: 2 });
    expect(typesOf(await session.written())).toEqual(['tool-started', 'tool-in-doubt']);
  });

  it('does not tell of a draft that another one had prepared', async () => {
    const mail = { name: 'mail', type: 'mail', command: undefined, smtp: { host: 'mail.test' }, from: 'a@b.test' };
    const schema = { input: { query: 'string', max_results: 'integer' }, output: { status: 'string' } };
    session.tools.set('mail', compileTool(manifest({ ...mail, schema, effect: 'once' })));
    const { log } = session.connection();
    const mute: Log = {
      isReplicated: log.isReplicated,
      append: (record, condition) =>
        record.type === 'tool-finished' ? new Promise(() => undefined) : log.append(record, condition),
      read: (boundary, after, limit) => log.read(boundary, after, limit),
      last: (boundary) => log.last(boundary),
      follow: (handler, options) => log.follow(handler, options),
    };
    const [first, second] = (await wishes(['mail'], ['mail', evil])) as [Wish, Wish];
    const drafting = () => output({ status: 'draft' });
    void session.handler(drafting, { log: mute }).toolRequested(first, { count: 1 });
    await session.typesUntil('approval-requested');
    await session.handler(drafting).toolRequested(second, { count: 2 });
    expect(typesOf(await session.written())).toEqual(['tool-started', 'approval-requested']);
    await session.handler(drafting).toolRequested(first, { count: 2 });
    expect((await session.written()).at(-1)).toMatchObject({ type: 'tool-finished' });
  });
});

describe('a call that waits for a person', () => {
  const policy = {
    revision: 'r1',
    decide: (_input: PolicyInput) => ({ ...decision, obligations: [{ type: 'need_approval' }] }),
  };
  const agreed = async () => {
    const { log } = session.connection();
    const told = await readAll(log, taskBoundary('default', 's1', 't1'));
    return told.filter((record): record is Recorded<'approval-given'> => record.type === 'approval-given');
  };

  it.each([
    ['serch_web', undefined],
    ['pay', { nonsense: true }],
  ])('is not refused by what its bot asks for under its name: %s', async (tool, args) => {
    const [first, second] = (await wishes(['pay'], [tool, args])) as [Wish, Wish];
    const handler = session.handler(session.doing(), { policy });
    await handler.toolRequested(first, { count: 1 });
    await handler.toolRequested(second, { count: 1 });
    expect(typesOf(await session.written())).toEqual(['approval-requested']);
  });

  it('is not taken over from whoever runs it because the word is said again', async () => {
    const [first] = (await wishes(['pay'])) as [Wish];
    await session.handler(never, { policy }).toolRequested(first, { count: 1 });
    await session.approve();
    await session.approve();
    const [yes, again] = (await agreed()) as [Recorded<'approval-given'>, Recorded<'approval-given'>];
    void session.handler(never, { policy }).approvalGiven(yes, { count: 1 });
    await session.typesUntil('tool-started');
    await session.handler(never, { policy, wait: async () => undefined }).approvalGiven(again, { count: 2 });
    expect(typesOf(await session.written())).toEqual(['approval-requested', 'tool-started']);
    await session.handler(never, { policy }).approvalGiven(yes, { count: 2 });
    expect((await session.written()).at(-1)?.type).toBe('tool-in-doubt');
  });
});
