import { type Fault, type Recorded, taskGrant } from '@voorman/envelope';
import type { Log } from '@voorman/log';
import { LRUCache } from 'lru-cache';
import { expiryOf } from './attempt.js';
import type { Session } from './session-terms.js';

/**
 * Which bot the orchestrator gave a task to. A bot's name on a record is proved by the bus, the task in it is the bot's
 * own word: without this look a bot could call tools, and use up budgets, in sessions that are none of its business.
 */
export class TaskHolders {
  /** Until when each task lives, as far as is known. Milliseconds since 1970. */
  readonly #known = new LRUCache<string, number>({ max: 20_000 });

  constructor(private readonly log: Pick<Log, 'last' | 'read'>) {}

  /** A fault where the task was not given to the bot that asks, or its time was over by then. @throws what the log throws. */
  async faultIn(record: Recorded<'tool-requested'>, { opened }: Session): Promise<Fault | undefined> {
    const { tenant, correlation_id: session, task_id: task, source_agent: bot } = record;
    // A task that came straight from a publisher is the session's first record, which is known already.
    if (opened?.task === task && opened.agent === bot) return overIn(record, opened.expiresAtMs);
    const key = `${tenant} ${session} ${task} ${bot}`;
    const known = this.#known.get(key);
    if (known !== undefined) return overIn(record, known);
    const grant = taskGrant(tenant, session, task, bot);
    if ((await this.log.last(grant)) === 0) return notYours(bot);
    const { records } = await this.log.read(grant, 0, FEW);
    const given = records.find((each) => each.type === 'task-requested');
    // A replica may not have it yet: then the next call asks again.
    if (given === undefined) return undefined;
    this.#known.set(key, expiryOf(given));
    return overIn(record, expiryOf(given));
  }
}

/** What the orchestrator tells a bot in one task: that it has it, and perhaps that it is over. */
const FEW = 10;

/** By the log's clock, both of them. The life that the call itself states is its bot's own word. */
const overIn = (record: Recorded, expiresAtMs: number): Fault | undefined =>
  record.recordedAtMs < expiresAtMs ? undefined : taskOver;

const taskOver: Fault = {
  code: 'call/task-over',
  message: 'The task that this call names has had its time.',
  next: 'Call tools while the task lives.',
};

const notYours = (bot: string): Fault => ({
  code: 'call/not-your-task',
  message: `The task that this call names was not given to ${bot}.`,
  next: 'Call tools in the tasks that you were given.',
});
