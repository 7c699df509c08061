import {
  type Draft,
  type JsonObject,
  type PayloadOf,
  type PayloadRef,
  type Recorded,
  sealDraft,
  subjectOf,
  taskBoundary,
} from '@voorman/envelope';
import { type Log, LogForbiddenError, readAll } from '@voorman/log';
import { MemoryStore, memoryConnection, VirtualTime, type Weather } from '@voorman/log/memory';
import { AgentManifest } from '@voorman/registry';
import { brainOf } from '../brains.js';
import { TaskHandler, type TaskNews } from '../task.handler.js';

/** A bot that looks twice, then checks what it found. */
export const manifest = AgentManifest.parse({
  name: 'sre-bot',
  version: '1.0.0',
  description: 'Looks twice.',
  domain: 'site-reliability',
  capabilities: [{ name: 'diagnose', description: 'Finds the cause.' }],
  tools: ['look', 'check'],
  policy_profile: 'reader',
  brain: {
    type: 'scripted',
    skills: {
      diagnose: {
        steps: [
          { id: 'first', tool: 'look', args: { at: '{{ task.goal }}' } },
          { id: 'second', tool: 'look', args: { at: '{{ steps.first.found }}' }, depends_on: ['first'] },
        ],
        verify: [
          {
            id: 'checked',
            tool: 'check',
            args: { what: '{{ steps.second.found }}' },
            expect: '{{ steps.checked.ok }}',
          },
        ],
        output: { answer: 'It was {{ steps.second.found }}.' },
      },
    },
  },
});

const SEAL = { tenant: 'default', session: 's1', task: 't1', ttlSeconds: 60 };
const BOUNDARY = taskBoundary('default', 's1', 't1');
const NEWS = ['task-requested', 'tool-finished', 'tool-refused', 'tool-in-doubt', 'task-expired', 'task-cancelled'];
const isNews = (record: Recorded): record is TaskNews => NEWS.includes(record.type);

/** A task of that bot on a log in memory, with a gateway that answers by rote and replicas that may die. */
export class BotTask {
  readonly time = new VirtualTime();
  readonly store: MemoryStore;
  readonly #others = new Map<string, Log>();
  #ids = 0;

  constructor(cluster = false) {
    this.store = new MemoryStore({ scheduler: this.time, cluster });
  }

  /** Starts a replica; returns how to end it without a word. @param closedTo whom the bus lets it not address. */
  async replica(weather?: Weather, closedTo?: string): Promise<() => void> {
    const connection = memoryConnection(this.store, 'sre-bot', weather);
    const handler = new TaskHandler({
      log: closedTo === undefined ? connection.log : closed(connection.log, closedTo),
      payloads: connection.payloads,
      clock: this.time,
      ids: { next: () => this.#id() },
      name: 'sre-bot',
      brain: brainOf(manifest),
    });
    await connection.log.follow((record, delivery) =>
      isNews(record) ? handler.woken(record, delivery) : Promise.resolve(),
    );
    return () => connection.kill();
  }

  /** Starts a gateway that answers every request with what `answer` says of it; nothing, where it says nothing. */
  async gateway(answer: (request: PayloadOf<'tool-requested'>) => Draft | undefined): Promise<void> {
    await this.#as('tool-gateway').follow(async (record) => {
      const draft = record.type === 'tool-requested' ? answer(record.payload) : undefined;
      if (draft) await this.append('tool-gateway', draft);
    });
  }

  request(payload: PayloadOf<'task-requested'> = { goal: 'the door', action: 'diagnose' }): Promise<void> {
    return this.append('orchestrator', { type: 'task-requested', target: 'sre-bot', payload });
  }

  async append(source: string, draft: Draft): Promise<void> {
    await this.#as(source).append(sealDraft(draft, { ...SEAL, source, id: this.#id(), atMs: this.time.nowMs() }));
  }

  /** Puts an output where the gateway puts those that are too large for a record. */
  putApart(output: JsonObject): Promise<PayloadRef> {
    const content = async function* () {
      yield new TextEncoder().encode(JSON.stringify(output));
    };
    return memoryConnection(this.store, 'tool-gateway').payloads.put(content(), 'application/json');
  }

  story(): Promise<Recorded[]> {
    return readAll(this.#as('orchestrator'), BOUNDARY);
  }

  /** The whole story, once a record of that type is in it. */
  async storyUntil(type: Recorded['type']): Promise<Recorded[]> {
    for (;;) {
      const story = await this.story();
      if (story.some((record) => record.type === type)) return story;
      await this.time.wait(20);
    }
  }

  #as(name: string): Log {
    const log = this.#others.get(name) ?? memoryConnection(this.store, name).log;
    this.#others.set(name, log);
    return log;
  }

  #id(): string {
    this.#ids += 1;
    return `id-${this.#ids}`;
  }
}

/** A log whose bus refuses what is addressed to somebody. */
function closed(log: Log, target: string): Log {
  const append: Log['append'] = async (envelope, condition) => {
    if (envelope.target_agent === target) throw new LogForbiddenError(subjectOf(envelope));
    return await log.append(envelope, condition);
  };
  return new Proxy(log, {
    get(of, name) {
      if (name === 'append') return append;
      const own: unknown = Reflect.get(of, name, of);
      return typeof own === 'function' ? own.bind(of) : own;
    },
  });
}

export const finished = ({ call_id, tool }: PayloadOf<'tool-requested'>, output: JsonObject): Draft => ({
  type: 'tool-finished',
  target: 'sre-bot',
  payload: { call_id, tool, attempt: 1, duration_ms: 1, output },
});

/** Finds something behind everything, and agrees with all of it. */
export const obliging = (request: PayloadOf<'tool-requested'>): Draft =>
  finished(request, request.tool === 'check' ? { ok: true } : { found: `what is behind ${request.arguments.at}` });
