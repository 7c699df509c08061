import { FOREMAN, type SessionBudget, serviceBoundary, TOOL_BUDGET_EXCEEDED } from '@voorman/envelope';
import type { Command } from 'commander';
import { type CallStory, readCalls } from '../../client/calls.js';
import { type Client, withClient } from '../../client/connection.js';
import { recordsOf } from '../../client/records.js';
import { EXIT, NameError } from '../../errors.js';
import { type Act, type CommonOptions, type Context, command, contextOf, examples, token } from '../context.js';

interface BudgetOptions extends CommonOptions {
  readonly session: string;
  readonly tenant: string;
}

/** `voorman budget`: what a session may use up, and what it has. */
export const budget = (act: Act): Command =>
  examples(
    command('budget', 'show what a session may use up, and what it has: calls, money, tokens, time, by bot and by tool')
      .requiredOption('--session <id>', 'the session', token)
      .option('--tenant <name>', 'tenant of the session', token, 'default')
      .action((options: BudgetOptions) => act(() => show(contextOf(options), options))),
    './voorman budget --session session-20260301-101500-3fa9c1',
  );

interface Terms {
  readonly budget: SessionBudget;
  readonly beganAtMs: number;
}

interface Sum {
  readonly calls: number;
  readonly refused: number;
  readonly running: number;
  readonly cost_usd: number;
  readonly tokens: number;
}

async function show({ data, terminal }: Context, where: BudgetOptions): Promise<number> {
  return await withClient(data, async (client) => {
    const terms = await termsOf(client, where);
    const calls = await readCalls(client, where);
    const seconds = Math.round((Date.now() - terms.beganAtMs) / 1_000);
    const { all, by_tool, by_agent } = useOf(calls);
    terminal.document({ session: where.session, budget: terms.budget, used: { ...all, seconds }, by_tool, by_agent });
    const limit = terms.budget;
    const line = (name: string, used: number, of?: number): void =>
      terminal.line(`${name.padEnd(10)} ${String(used).padStart(10)}  of ${of ?? 'any number'}`);
    line('calls', all.calls, limit.calls);
    line('cost_usd', all.cost_usd, limit.cost_usd);
    line('tokens', all.tokens, limit.tokens);
    line('seconds', seconds, limit.seconds);
    line('parallel', all.running, limit.parallel);
    terminal.line('');
    for (const [title, groups] of [
      ['by bot', by_agent],
      ['by tool', by_tool],
    ] as const) {
      terminal.line(title);
      for (const [name, sum] of Object.entries(groups)) terminal.line(`  ${name.padEnd(28)} ${sentence(sum)}`);
    }
    const exhausted = calls.filter(({ fault }) => fault?.code === TOOL_BUDGET_EXCEEDED);
    for (const { fault } of exhausted.slice(0, 10)) terminal.line(`refused: ${fault?.message}`);
    return EXIT.ok;
  });
}

/** @throws {NameError} there is no such session. */
async function termsOf(client: Client, { tenant, session }: BudgetOptions): Promise<Terms> {
  for await (const record of recordsOf(client.bus.log, serviceBoundary(tenant, session, FOREMAN))) {
    if (record.type !== 'task-requested') continue;
    return { budget: record.payload.delegation?.terms?.budget ?? {}, beganAtMs: record.recordedAtMs };
  }
  throw new NameError(
    `The log has no session ${session}${tenant === 'default' ? '' : ` of the tenant ${tenant}`}.`,
    'Check its name, and --tenant if it is not the default one.',
  );
}

/** What calls used up: all of them, those of each tool, those of each bot. */
export const useOf = (calls: readonly CallStory[]) => ({
  all: sumOf(calls),
  by_tool: grouped(calls, ({ tool }) => tool),
  by_agent: grouped(calls, ({ agent }) => agent),
});

const sumOf = (calls: readonly CallStory[]): Sum => ({
  // A refused call began nothing, unless a person refused to let a draft be sent.
  calls: calls.filter(({ attempts }) => attempts > 0).length,
  refused: calls.filter(({ state, fault }) => state === 'refused' && fault?.code !== TOOL_BUDGET_EXCEEDED).length,
  running: calls.filter(({ state }) => state === 'running').length,
  // To a millionth of a dollar: sums of binary fractions show digits that nobody spent.
  cost_usd: Math.round(calls.reduce((sum, { cost_usd }) => sum + cost_usd, 0) * 1e6) / 1e6,
  tokens: calls.reduce((sum, { tokens }) => sum + tokens, 0),
});

function grouped(calls: readonly CallStory[], nameOf: (call: CallStory) => string): Record<string, Sum> {
  const names = [...new Set(calls.map(nameOf))].sort();
  return Object.fromEntries(names.map((name) => [name, sumOf(calls.filter((call) => nameOf(call) === name))]));
}

const sentence = ({ calls, refused, running, cost_usd, tokens }: Sum): string =>
  [
    `${calls} ${calls === 1 ? 'call' : 'calls'}`,
    ...(running > 0 ? [`${running} under way`] : []),
    ...(refused > 0 ? [`${refused} refused`] : []),
    ...(cost_usd > 0 ? [`${cost_usd} USD`] : []),
    ...(tokens > 0 ? [`${tokens} tokens`] : []),
  ].join(', ');
