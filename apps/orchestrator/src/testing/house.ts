import { type Decision, type Draft, type Recorded, sealDraft, sessionStory } from '@voorman/envelope';
import { type Clock, type Delivery, type Ids, readAll } from '@voorman/log';
import { type MemoryConnection, MemoryStore, memoryConnection, VirtualTime } from '@voorman/log/memory';
import type { PolicyEngine } from '@voorman/policy';
import { IntakeHandler } from '../intake.handler.js';
import type { ForemanPorts } from '../ports.js';
import { QuarantineHandler } from '../quarantine.handler.js';
import { SessionHandler } from '../session.handler.js';
import { Sessions } from '../sessions.js';
import { Tasks } from '../tasks.js';

export const TENANT = 'default';
export const PUBLISHER = 'crm';

/** Whatever is asked. */
export const allowing: PolicyEngine = deciding(true);
export const denying: PolicyEngine = deciding(false);

function deciding(allow: boolean): PolicyEngine {
  const answer = (action: string): Decision => ({ action, allow, reasons: [], bundle: 'spec', latency_us: 1 });
  return { revision: 'spec', decide: (question) => answer(question.action) };
}

/** One replica of the foreman with its handlers. */
export interface Replica {
  readonly connection: MemoryConnection;
  readonly intake: IntakeHandler;
  readonly sessions: SessionHandler;
  /** Takes what comes, as the controller does. */
  work(): Promise<void>;
}

/** The foreman on a log in memory, in virtual time; bots and publishers are played by the spec. */
export class House {
  readonly time = new VirtualTime();
  readonly store = new MemoryStore({ scheduler: this.time });
  readonly #reader = memoryConnection(this.store, 'reader');
  #made = 0;

  readonly clock: Clock = { nowMs: () => this.time.nowMs() };
  readonly ids: Ids = {
    next: () => {
      this.#made += 1;
      return `id-${this.#made}`;
    },
  };

  /** @param ports what is other than usual. */
  foreman(ports: (connection: MemoryConnection) => Partial<ForemanPorts> = () => ({})): Replica {
    const connection = memoryConnection(this.store, 'orchestrator');
    const all: ForemanPorts = {
      log: connection.log,
      timers: connection.timers,
      policy: allowing,
      cards: [card('a-bot', 'dig'), card('b-bot', 'fill')],
      clock: this.clock,
      ids: this.ids,
      environment: 'spec',
      ...ports(connection),
    };
    const state = new Sessions(all);
    const sessions = new SessionHandler(all, state, new Tasks(all));
    const intake = new IntakeHandler(all, state);
    return {
      connection,
      intake,
      sessions,
      work: () => working(connection, intake, sessions, new QuarantineHandler(all)),
    };
  }

  /** Puts an envelope into the inbox. */
  publish(payload: object, more: { task?: string; target?: string; ttlSeconds?: number } = {}): void {
    const { task = 'root', target = 'orchestrator', ttlSeconds = 600 } = more;
    const envelope = {
      task_id: task,
      source_agent: PUBLISHER,
      target_agent: target,
      payload,
      correlation_id: 's',
      ttl_seconds: ttlSeconds,
    };
    const body = new TextEncoder().encode(JSON.stringify(envelope));
    this.store.publish({ tenant: TENANT, publisher: PUBLISHER, target, body });
  }

  /** What a bot says about a task. */
  async says(bot: string, task: string, draft: Draft): Promise<void> {
    const seal = { source: bot, tenant: TENANT, session: 's', task, ttlSeconds: 60, id: this.ids.next() };
    await memoryConnection(this.store, bot).log.append(sealDraft(draft, { ...seal, atMs: this.time.nowMs() }));
  }

  story(): Promise<Recorded[]> {
    return readAll(this.#reader.log, sessionStory(TENANT, 's'));
  }

  async types(): Promise<string[]> {
    return (await this.story()).map((record) => record.type);
  }

  /** The first record of a type, once it is there. */
  async recorded<T extends Recorded['type']>(
    type: T,
    fits: (record: Extract<Recorded, { type: T }>) => boolean = () => true,
  ): Promise<Extract<Recorded, { type: T }>> {
    for (let tries = 0; tries < 2_000; tries += 1) {
      const isWanted = (record: Recorded): record is Extract<Recorded, { type: T }> =>
        record.type === type && fits(record as Extract<Recorded, { type: T }>);
      const found = (await this.story()).find(isWanted);
      if (found) return found;
      await this.time.wait(5);
    }
    throw new Error(`No ${type} was recorded: ${(await this.types()).join(', ')}.`);
  }

  /** Lets everything that is under way come to rest. */
  settle(): Promise<void> {
    return this.time.wait(50);
  }
}

export const done: Draft = {
  type: 'task-completed',
  target: 'orchestrator',
  payload: { state: 'OUTPUT', answer: 'Done.', evidence: [] },
};

export const firstTime: Delivery = { count: 1 };

const card = (name: string, capability: string) => ({
  name,
  capabilities: [{ name: capability, keywords: [], uses: [] }],
});

async function working(
  { log, timers, inbox }: MemoryConnection,
  intake: IntakeHandler,
  sessions: SessionHandler,
  quarantine: QuarantineHandler,
): Promise<void> {
  await inbox.follow((message) => intake.received(message), {
    giveUp: (message, why) => quarantine.messageGivenUp(message, why),
  });
  await timers.follow((due) => sessions.timerDue(due), { giveUp: (due, why) => quarantine.timerGivenUp(due, why) });
  await log.follow(async (record, delivery) => {
    if (record.type === 'task-requested') await sessions.goalRequested(record, delivery);
    if (record.type === 'task-completed' || record.type === 'task-failed') await sessions.taskEnded(record, delivery);
    if (record.type === 'cancel-requested') await sessions.cancelRequested(record);
  });
}
