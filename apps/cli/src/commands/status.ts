import { hasCode } from '@voorman/envelope';
import type { Command } from 'commander';
import { type Backlog, backlogs } from '../client/backlog.js';
import { withClient } from '../client/connection.js';
import { EXIT, NotReadyError, NotRunningError } from '../errors.js';
import { consequence } from '../registry/problem.js';
import { askSupervisor } from '../stack/control.js';
import type { DataFolder } from '../stack/data-folder.js';
import { leftOutOf, troublesOf } from '../stack/stack-report.js';
import { findStack } from '../stack/state-file.js';
import { type Act, type CommonOptions, type Context, command, contextOf, examples } from './context.js';

/** One process, as `status --json` shows it; the names are promised. */
interface ServiceStatus {
  readonly name: string;
  readonly pid: number;
  readonly state: string;
  /** Records for it that wait or are being handled, over all its replicas; null while NATS does not answer. */
  readonly pending: number | null;
  /** Records that it set aside in the last seven days, since nothing could settle them; null as above. */
  readonly quarantined: number | null;
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
  if (stack === undefined) throw new NotRunningError(data.path, data.flag);
  if (stack.nats === undefined || stack.control === '') throw new NotReadyError(data.path, stack.phase);
  const report = await askSupervisor(stack.control, { ask: 'status' });
  const names = [...new Set(report.members.map((member) => member.name))];
  const backlog = stack.phase === 'ready' ? await backlogsOf(data, names) : undefined;
  const services: ServiceStatus[] = report.members.map(({ name, pid, state }) => ({
    name,
    pid,
    state,
    pending: backlog?.get(name)?.pending ?? null,
    quarantined: backlog?.get(name)?.quarantined ?? null,
  }));
  const { phase, supervisor } = stack;
  const leftOut = leftOutOf(report);
  const troubles = troublesOf(report);
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
  for (const problem of report.problems) {
    terminal.line();
    terminal.line(`${consequence(problem)} ${problem.next}`);
  }
  for (const { name, message, next } of troubles) {
    terminal.line();
    terminal.line(`${name}: ${message} ${next}`);
  }
  for (const [name, { quarantined }] of backlog ?? []) {
    if (quarantined === 0) continue;
    terminal.line();
    terminal.line(
      `${name} set ${quarantined} ${quarantined === 1 ? 'record' : 'records'} aside in the last seven days. Its log in ${data.logs} says which, and record-quarantined in the session why.`,
    );
  }
  for (const { fault } of leftOut) {
    terminal.line();
    terminal.line(`Left out by the tool-gateway: ${fault.message} ${fault.next}`);
  }
  return EXIT.ok;
}

/** `undefined` while NATS does not answer, for instance because it is being started again. */
async function backlogsOf(
  data: DataFolder,
  names: readonly string[],
): Promise<ReadonlyMap<string, Backlog> | undefined> {
  try {
    return await withClient(data, (client) => backlogs(client, names));
  } catch (fault) {
    if (hasCode(fault, 'log/unavailable')) return undefined;
    throw fault;
  }
}
