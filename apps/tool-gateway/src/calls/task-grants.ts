import { type Fault, type Recorded, taskGrant } from '@voorman/envelope';
import type { Log } from '@voorman/log';
import { LRUCache } from 'lru-cache';
import { expiryOf } from './expiry.js';
import { firstRequest } from './first-request.js';

/** The record by which the orchestrator gave a task to a bot. `none`: there is none, as the leader knows. */
export type TaskGrant = Recorded<'task-requested'> | 'none' | undefined;

/**
 * Which bot the orchestrator gave a task to. A bot's name on a record is proved by the bus, the task in it is the bot's
 * own word: without this look a bot could call tools, and use up budgets, in sessions that are none of its business.
 */
export class TaskGrants {
  readonly #known = new LRUCache<string, Promise<TaskGrant>>({ max: 10_000 });

  constructor(private readonly log: Pick<Log, 'last' | 'read'>) {}

  /**
   * The grant of the task that a call names, to the bot that calls; `undefined` where a replica does not have it yet.
   * @throws what the log throws.
   */
  of({ tenant, correlation_id: session, task_id: task, source_agent: bot }: Recorded): Promise<TaskGrant> {
    const grant = taskGrant(tenant, session, task, bot);
    const known = this.#known.get(grant);
    if (known !== undefined) return known;
    const reading = firstRequest(this.log, grant);
    this.#known.set(grant, reading);
    // What is not there may come; and a read that failed says nothing.
    const forget = () => this.#known.delete(grant);
    reading.then((found) => typeof found !== 'object' && forget(), forget);
    return reading;
  }
}

/** A fault where the task was not given to the bot that asks, or its time was over by then. */
export function faultIn(record: Recorded<'tool-requested'>, grant: TaskGrant): Fault | undefined {
  if (grant === 'none') return notYours(record.source_agent);
  // By the log's clock, both of them. The life that the call itself states is its bot's own word.
  return grant === undefined || record.recordedAtMs < expiryOf(grant) ? undefined : taskOver;
}

/** When nobody waits for a call any more: its task's time is over, or its own. Milliseconds since 1970, the log's clock. */
export const endOf = (record: Recorded<'tool-requested'>, grant: TaskGrant): number =>
  Math.min(expiryOf(record), typeof grant === 'object' ? expiryOf(grant) : Number.POSITIVE_INFINITY);

/** The fault of a call that comes after its task. */
export const taskOver: Fault = {
  code: 'call/task-over',
  message: 'The task that this call names has had its time.',
  next: 'Call tools while the task lives.',
};

const notYours = (bot: string): Fault => ({
  code: 'call/not-your-task',
  message: `The task that this call names was not given to ${bot}.`,
  next: 'Call tools in the tasks that you were given.',
});
