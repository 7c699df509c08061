import { type PayloadOf, sealDraft } from '@voorman/envelope';
import { MemoryStore, memoryConnection, VirtualTime } from '@voorman/log/memory';
import { describe, expect, it } from 'vitest';
import { sessionsInFlight } from './sessions-in-flight.js';

const DECISION = { action: 'publish', allow: true, reasons: [], bundle: 'r', latency_us: 1 };

/** A foreman that takes goals and answers them. */
class Foreman {
  readonly log = memoryConnection(new MemoryStore({ scheduler: new VirtualTime() }), 'orchestrator').log;
  #ids = 0;

  async take(session: string, task: string, registry?: string): Promise<void> {
    const terms = registry === undefined ? {} : { terms: { registry, budget: {} } };
    const delegation = { on_behalf_of: 'cli', root_task_id: task, decision: DECISION, ...terms };
    await this.#append(session, task, {
      type: 'task-requested',
      target: 'orchestrator',
      payload: { goal: 'x', delegation } as PayloadOf<'task-requested'>,
    });
  }
  async answer(session: string, task: string): Promise<void> {
    const payload = { outcome: 'completed', answer: 'x', evidence: [], tasks: [] } as PayloadOf<'answer-given'>;
    await this.#append(session, task, { type: 'answer-given', target: 'cli', payload });
  }
  async #append(session: string, task: string, draft: Parameters<typeof sealDraft>[0]): Promise<void> {
    const seal = {
      source: 'orchestrator',
      tenant: 'default',
      session,
      task,
      ttlSeconds: 60,
      id: `i${++this.#ids}`,
      atMs: 0,
    };
    await this.log.append(sealDraft(draft, seal));
  }
}

describe('the sessions in flight', () => {
  it('are those with a goal that has no answer, each with the revision that its first goal began with', async () => {
    const foreman = new Foreman();
    await foreman.take('done', 't1', 'r1');
    await foreman.take('open', 't1', 'r1');
    await foreman.take('open', 't2', 'r2');
    await foreman.take('early', 't1');
    await foreman.answer('done', 't1');
    await foreman.answer('open', 't1');
    expect(await sessionsInFlight(foreman.log)).toEqual([
      { tenant: 'default', session: 'open', registry: 'r1' },
      { tenant: 'default', session: 'early', registry: null },
    ]);
  });
});
