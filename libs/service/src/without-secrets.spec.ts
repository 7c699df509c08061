import { type Decider } from '@voorman/decider';
import { type Draft, type Envelope, MAX_INBOX_BYTES, type Recorded, sealDraft, taskBoundary } from '@voorman/envelope';
import { Decisions, type InboxMessage } from '@voorman/log';
import type { LogConnection } from '@voorman/log/jetstream';
import { MemoryStore, memoryConnection } from '@voorman/log/memory';
import { describe, expect, it } from 'vitest';
import { logWithoutSecrets, withoutSecrets } from './without-secrets.js';

const seal = { source: 'orchestrator', tenant: 'acme', session: 's', task: 't', ttlSeconds: 60 };
const boundary = taskBoundary('acme', 's', 't');
const draft = (goal: string): Draft => ({ type: 'task-requested', target: 'journal', payload: { goal } }) as Draft;
const plain = () => memoryConnection(new MemoryStore(), 'orchestrator').log;
const sealed = (goal: string, id = 'a'): Envelope => sealDraft(draft(goal), { ...seal, id, atMs: 0 });
const goals = (records: readonly Recorded[]) => records.map(({ payload }) => (payload as { goal?: string }).goal);

/** Repeats the last goal that it saw, once. */
const echo: Decider<{ readonly goals: readonly string[] }, { readonly first: string }, Draft, Recorded> = {
  initial: { goals: [] },
  decide: ({ first }, state) =>
    state.goals.length === 2
      ? undefined
      : draft(state.goals.at(-1) === undefined ? first : `again: ${state.goals.at(-1)}`),
  evolve: (state, record) => ({ goals: [...state.goals, String((record.payload as { goal?: string }).goal)] }),
};

describe('a log that takes no secrets', () => {
  it('records the rest, and everything of a record that holds none', async () => {
    const inner = plain();
    const log = logWithoutSecrets(inner);
    const record = sealed('Find out why.');
    expect(log.taken?.(record)).toBe(record);
    await log.append(record);
    await log.append(sealed('password=swordfish for ada@example.org', 'b'));
    expect(goals((await inner.read(boundary, 0)).records)).toEqual([
      'Find out why.',
      'password=[redacted:password] for ada@example.org',
    ]);
  });

  it('lets whoever decides go on from what was recorded, as a replay will', async () => {
    const log = logWithoutSecrets(plain());
    let id = 0;
    const decisions = new Decisions(log, echo, { nowMs: () => 0 }, { next: () => `${id++}` });
    const { state } = await decisions.decide({ boundary, seal, command: () => ({ first: 'password=swordfish' }) });
    const recorded = goals((await log.read(boundary, 0)).records);
    expect(state.goals).toEqual(recorded);
    expect(recorded).toEqual(['password=[redacted:password]', 'again: password=[redacted:password]']);
  });

  it('goes on telling whether it is replicated, as that may change', () => {
    const inner = { isReplicated: false };
    const log = logWithoutSecrets(inner as never);
    inner.isReplicated = true;
    expect(log.isReplicated).toBe(true);
  });
});

describe('an inbox out of which no secret comes', () => {
  /** The body as whoever follows the inbox gets it. */
  async function received(body: string): Promise<Buffer> {
    const given = { tenant: 'acme', publisher: 'crm', target: 'orchestrator', position: 1, receivedAtMs: 0 };
    let taken = Buffer.alloc(0);
    const follow = async (handler: (message: InboxMessage) => Promise<void>) => {
      await handler({ ...given, body: Buffer.from(body) });
      return { stop: async () => undefined };
    };
    const connection = { log: plain(), inbox: { follow } } as unknown as LogConnection;
    await withoutSecrets(connection).inbox.follow(async (message) => {
      taken = Buffer.from(message.body);
    });
    return taken;
  }

  it('hands a message on without them', async () => {
    expect(JSON.parse((await received('{"goal":"password=swordfish"}')).toString())).toEqual({
      goal: 'password=[redacted:password]',
    });
  });

  it('looks no further into what is too large than anything of it is recorded, and leaves its size as it was', async () => {
    const large = `{"goal":"password=swordfish","correlation_id":"s1"${' '.repeat(MAX_INBOX_BYTES)}`;
    const taken = await received(large);
    expect(taken.length).toBe(large.length);
    expect(taken.toString()).toContain('"correlation_id":"s1"');
    expect(taken.toString()).not.toContain('swordfish');
    const harmless = `${'x'.repeat(MAX_INBOX_BYTES)}password=swordfish`;
    expect((await received(harmless)).toString()).toBe(harmless);
  });
});
