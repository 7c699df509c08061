import type { MemoryStore } from '@voorman/log/memory';
import { BOTS } from './cast.js';
import { OUTCAST, STRANGER } from './law.js';
import type { Random } from './random.js';
import type { World } from './world.js';

export const TENANT = 'default';
export const PUBLISHERS = ['cli', 'crm', STRANGER] as const;

/** Life of a task that has nothing to fear from the weather: far longer than it lasts. Seconds. */
const LONG_TTL = 600;
/** Life of a task that may well run out. Seconds. */
const SHORT_TTL = 3;

interface Message {
  readonly publisher: string;
  readonly target: string;
  readonly body: unknown;
}

/** What publishers send in one run, and what may be expected of it. */
export interface Outside {
  readonly sent: (store: MemoryStore, world: World) => void;
  /** Messages put into the inbox. */
  readonly messages: number;
  /** Sessions with a task of short life, or one that is cancelled: what of them expires proves nothing. */
  readonly restless: ReadonlySet<string>;
}

const STEPS = BOTS.flatMap((bot) =>
  bot.capabilities.map((capability) => ({ agent: bot.name, capability: capability.name })),
);

/** Draws what the publishers of a run want: goals, direct tasks, cancellations, nonsense, and the same twice. */
export function outsideOf(random: Random, withinMs: number): Outside {
  const messages: { readonly atMs: number; readonly message: Message }[] = [];
  const restless = new Set<string>();
  const send = (atMs: number, message: Message): void => {
    messages.push({ atMs, message });
    // The same message again, as from a publisher that never heard back: it is told so, or is one and the same.
    if (random.chance(0.15)) messages.push({ atMs: atMs + random.between(0, 3_000), message });
  };
  const sessions = random.between(2, 6);
  for (let number = 0; number < sessions; number += 1) {
    const session = `session-${number}`;
    const publisher = random.pick(['cli', 'crm'] as const);
    for (let goal = 0; goal < random.between(1, 2); goal += 1) {
      const atMs = random.between(0, withinMs);
      const short = random.chance(0.15);
      if (short) restless.add(session);
      send(atMs, wish(random, publisher, session, `root-${number}-${goal}`, short ? SHORT_TTL : LONG_TTL));
      if (random.chance(0.25)) {
        restless.add(session);
        send(
          atMs + random.between(0, 6_000),
          cancellation(random.pick([publisher, 'cli']), session, `cancel-${number}-${goal}`),
        );
      }
    }
    if (random.chance(0.3)) send(random.between(0, withinMs), nonsense(random, session, number));
  }
  return {
    restless,
    messages: messages.length,
    sent: (store, world) => {
      for (const { atMs, message } of messages) {
        const { publisher, target, body } = message;
        world.after(atMs, () => {
          const bytes = new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
          store.publish({ tenant: TENANT, publisher, target, body: bytes });
        });
      }
    },
  };
}

/** Something that is wanted: a declared plan, a capability by name, or a task straight for a bot. */
function wish(random: Random, publisher: string, session: string, task: string, ttl: number): Message {
  const step = random.pick(STEPS);
  const kind = random.between(0, 9);
  if (kind < 2) return published(publisher, step.agent, session, task, ttl, { action: step.capability, goal: 'do it' });
  if (kind < 5)
    return published(publisher, 'orchestrator', session, task, ttl, { goal: step.capability, action: step.capability });
  const steps = Array.from({ length: random.between(1, 4) }, (_, index) => ({
    id: `step-${index}`,
    ...random.pick(STEPS.filter((each) => each.agent !== OUTCAST)),
    depends_on: index > 0 && random.chance(0.5) ? [`step-${random.between(0, index - 1)}`] : [],
  }));
  return published(publisher, 'orchestrator', session, task, ttl, { goal: 'do all of it', plan: { steps } });
}

const cancellation = (publisher: string, session: string, task: string): Message =>
  published(publisher, 'orchestrator', session, task, 60, { action: 'cancel', reason: 'not wanted any more' });

/** What must be refused, and answered. */
function nonsense(random: Random, session: string, number: number): Message {
  const task = `nonsense-${number}`;
  return random.pick<Message>([
    { publisher: 'crm', target: 'orchestrator', body: 'not even JSON' },
    { publisher: 'crm', target: 'orchestrator', body: { task_id: 'no spaces please' } },
    published('crm', 'nobody-bot', session, task, 60, { goal: 'anything' }),
    published(STRANGER, 'orchestrator', session, task, 60, { goal: 'watch' }),
    { ...published('cli', 'orchestrator', session, task, 60, { goal: 'watch' }), publisher: 'crm' },
    published('crm', OUTCAST, session, task, 60, { goal: 'loiter' }),
  ]);
}

const published = (
  publisher: string,
  target: string,
  session: string,
  task: string,
  ttlSeconds: number,
  payload: object,
): Message => ({
  publisher,
  target,
  body: {
    task_id: task,
    source_agent: publisher,
    target_agent: target,
    payload,
    correlation_id: session,
    ttl_seconds: ttlSeconds,
  },
});
