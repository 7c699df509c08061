import type { Outcome, Recorded } from '@voorman/envelope';
import type { Command } from 'commander';
import { cancelSession } from '../client/cancel.js';
import { type Client, withClient } from '../client/connection.js';
import { follow, type Sent } from '../client/goal.js';
import { story } from '../client/story.js';
import { EXIT } from '../errors.js';
import { spelled } from '../output/fault.js';
import { type Act, type CommonOptions, type Context, command, contextOf, examples, token } from './context.js';

interface CancelOptions extends CommonOptions {
  readonly tenant: string;
  readonly because: string;
}

/** `voorman cancel`: ends everything that is under way in a session. */
export const cancel = (act: Act): Command =>
  examples(
    command('cancel', 'end everything that is under way in a session')
      .argument('<session>', 'the session', token)
      .option('--tenant <name>', 'tenant of the session', token, 'default')
      .option('--because <text>', 'why, for the record', 'the operator said so')
      .action((session: string, options: CancelOptions) => act(() => end(contextOf(options), session, options))),
    './voorman cancel session-20260301-101500-3fa9c1 --because "wrong file"',
  );

async function end({ data, terminal }: Context, session: string, options: CancelOptions): Promise<number> {
  return await withClient(data, async (client) => {
    const open = await openGoals(client, options.tenant, session);
    const sent = await cancelSession(client, options.tenant, session, options.because);
    const ended = await endings(client, sent, open);
    if (!(ended instanceof Map)) {
      if (terminal.json) process.stderr.write(`${spelled(ended, true)}\n`);
      else terminal.note(spelled(ended, false));
      return EXIT.refused;
    }
    terminal.document({ session, goals: [...ended].map(([task_id, outcome]) => ({ task_id, outcome })) });
    for (const [task, outcome] of ended) terminal.line(`${task}: ${outcome}`);
    return EXIT.ok;
  });
}

/** What was asked for in a session and has no answer yet. @throws {NameError} there is no such session. */
async function openGoals(client: Client, tenant: string, session: string): Promise<Set<string>> {
  const open = new Set<string>();
  for await (const record of story(client, tenant, session)) {
    if (record.type === 'task-requested' && record.payload.delegation?.root_task_id === record.task_id) {
      open.add(record.task_id);
    }
    if (record.type === 'answer-given') open.delete(record.task_id);
  }
  return open;
}

type Refusal = Extract<Recorded, { type: 'envelope-refused' }>['payload'];

/** How each of them ended, or why they were not ended. */
async function endings(client: Client, sent: Sent, open: Set<string>): Promise<Map<string, Outcome> | Refusal> {
  const ended = new Map<string, Outcome>();
  for await (const record of follow(client, sent.tenant, sent.envelope.correlation_id, sent.after)) {
    if (record.type === 'envelope-refused' && record.payload.inbox_position === sent.inboxPosition) {
      return ended.size > 0 ? ended : record.payload;
    }
    if (record.type === 'answer-given') ended.set(record.task_id, record.payload.outcome);
    if (open.size > 0 && [...open].every((task) => ended.has(task))) return ended;
  }
  return ended;
}
