import { jetstream } from '@nats-io/jetstream';
import { hasCode } from '@voorman/envelope';
import { API_PREFIX, INBOX_STREAM, LOG_STREAM } from '@voorman/log/jetstream';
import type { Command } from 'commander';
import { z } from 'zod';
import { type Client, withClient } from '../client/connection.js';
import { EXIT, NotReadyError, NotRunningError } from '../errors.js';
import { askSupervisor } from '../stack/control.js';
import type { DataFolder } from '../stack/data-folder.js';
import type { LeftOut } from '../stack/health.js';
import { findStack } from '../stack/state-file.js';
import type { StackReport } from '../stack/supervisor.js';
import { type Act, type CommonOptions, type Context, command, contextOf, examples } from './context.js';

/** One process, as `status --json` shows it; the names are promised. */
interface ServiceStatus {
  readonly name: string;
  readonly pid: number;
  readonly state: string;
  /** Records for it that wait or are being handled, over all its replicas; null while NATS does not answer. */
  readonly pending: number | null;
}

/** `voorman status`: what runs, how it is, and what waits. */
export const status = (act: Act): Command =>
  examples(
    command('status', 'show what runs, how it is, and what waits').action((options: CommonOptions) =>
      act(() => show(contextOf(options))),
    ),
    './voorman status',
    './voorman status --json',
  );

async function show({ data, terminal }: Context): Promise<number> {
  const stack = await findStack(data);
  if (stack === undefined) throw new NotRunningError(data.path);
  if (stack.nats === undefined || stack.control === '') throw new NotReadyError(data.path, stack.phase);
  const report = (await askSupervisor(stack.control, { ask: 'status' })) as StackReport;
  const names = [...new Set(report.members.map((member) => member.name))];
  const pending = stack.phase === 'ready' ? await waitingFor(data, names) : undefined;
  const services: ServiceStatus[] = report.members.map(({ name, pid, state }) => ({
    name,
    pid,
    state,
    pending: pending?.get(name) ?? null,
  }));
  const { phase, supervisor } = stack;
  const leftOut = leftOutOf(report);
  const troubles = report.members.flatMap(({ name, trouble }) => (trouble === undefined ? [] : [{ name, ...trouble }]));
  terminal.document({
    ...{ data: data.path, phase, supervisor, nats: report.nats, services, problems: report.problems },
    tools_left_out: leftOut,
    troubles,
  });
  const { url, version, pid, durability } = report.nats;
  terminal.line(`Stack on ${data.path}: ${stack.phase} since ${stack.started_at}, supervisor pid ${stack.supervisor}`);
  terminal.line(`nats-server ${version} at ${url}, pid ${pid}, ${durability}`);
  terminal.line();
  const width = Math.max(7, ...services.map((service) => service.name.length));
  terminal.line(`${'service'.padEnd(width)}  ${'pid'.padStart(8)}  ${'state'.padEnd(12)}  pending`);
  for (const each of services) {
    terminal.line(
      `${each.name.padEnd(width)}  ${`${each.pid || '-'}`.padStart(8)}  ${each.state.padEnd(12)}  ${each.pending ?? '?'}`,
    );
  }
  for (const { file, line, message, next } of report.problems) {
    terminal.line();
    terminal.line(`Left out: ${file}${line === undefined ? '' : `:${line}`}: ${message} ${next}`);
  }
  for (const { name, message, next } of troubles) {
    terminal.line();
    terminal.line(`${name}: ${message} ${next}`);
  }
  for (const { fault } of leftOut) {
    terminal.line();
    terminal.line(`Left out by the tool-gateway: ${fault.message} ${fault.next}`);
  }
  return EXIT.ok;
}

/** What gateways do not use of the published registry, each once. */
function leftOutOf(report: StackReport): readonly LeftOut[] {
  const all = report.members.flatMap((member) => member.left_out ?? []);
  return [...new Map(all.map((each) => [JSON.stringify(each), each])).values()];
}

const Counts = z.object({ num_pending: z.number(), num_ack_pending: z.number() });

/** `undefined` while NATS does not answer, for instance because it is being started again. */
async function waitingFor(data: DataFolder, names: readonly string[]): Promise<Map<string, number> | undefined> {
  try {
    return await withClient(data, (client) => pendingOf(client, names));
  } catch (fault) {
    if (hasCode(fault, 'log/unavailable')) return undefined;
    throw fault;
  }
}

/** What waits in each one's durable; the orchestrator's inbox counts as its own. */
async function pendingOf(client: Client, names: readonly string[]): Promise<Map<string, number>> {
  const jsm = await jetstream(client.raw, { apiPrefix: API_PREFIX, checkAPI: false }).jetstreamManager();
  const waiting = async (stream: string, durable: string): Promise<number> => {
    const counts = Counts.parse(await jsm.consumers.info(stream, durable));
    return counts.num_pending + counts.num_ack_pending;
  };
  return new Map(
    await Promise.all(
      names.map(async (name): Promise<[string, number]> => {
        const inbox = name === 'orchestrator' ? await waiting(INBOX_STREAM, name) : 0;
        return [name, (await waiting(LOG_STREAM, name)) + inbox];
      }),
    ),
  );
}
