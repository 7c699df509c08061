import { type Fault, type Recorded, taskGrant } from '@voorman/envelope';
import type { Log } from '@voorman/log';
import { LRUCache } from 'lru-cache';
import type { Session } from './session-terms.js';

/**
 * Which bot the orchestrator gave a task to. A bot's name on a record is proved by the bus, the task in it is the bot's
 * own word: without this look a bot could call tools, and use up budgets, in sessions that are none of its business.
 */
export class TaskHolders {
  readonly #known = new LRUCache<string, true>({ max: 20_000 });

  constructor(private readonly log: Pick<Log, 'last'>) {}

  /** A fault where the task was not given to the bot that asks. @throws what `Log.last` throws. */
  async faultIn(record: Recorded<'tool-requested'>, { opened }: Session): Promise<Fault | undefined> {
    const { tenant, correlation_id: session, task_id: task, source_agent: bot } = record;
    // A task that came straight from a publisher is the session's first record, which is known already.
    if (opened?.task === task && opened.agent === bot) return undefined;
    const key = `${tenant} ${session} ${task} ${bot}`;
    if (this.#known.has(key)) return undefined;
    if ((await this.log.last(taskGrant(tenant, session, task, bot))) === 0) return notYours(bot);
    this.#known.set(key, true);
    return undefined;
  }
}

const notYours = (bot: string): Fault => ({
  code: 'call/not-your-task',
  message: `The task that this call names was not given to ${bot}.`,
  next: 'Call tools in the tasks that you were given.',
});
