import { AgentManifest, ToolManifest } from '@voorman/registry';

const TEXT = { input: { text: 'string' }, output: { text: 'string' } };
const KNOWN = { input: { key: 'string' }, output: { happened: 'boolean' } };

/** A process tool; without any arguments but a text unless it says otherwise. */
const tool = (
  name: string,
  effect: 'read' | 'repeatable' | 'once',
  budget: number,
  schema: object = TEXT,
): ToolManifest =>
  ToolManifest.parse({
    name,
    version: '1.0.0',
    type: 'process',
    command: ['simulated'],
    effect,
    schema,
    budget: { max_calls_per_session: budget },
    retry: { max_attempts: effect === 'once' ? 1 : 3, initial_ms: 200 },
    timeout_ms: 5_000,
  });

/** Knows of a call by its key whether it took effect. */
export const KNOWING = 'paid';

/**
 * What the simulated bots may use: one tool of each effect, one that runs out, one that policy forbids; and one that can be
 * asked what became of a payment.
 */
export const TOOLS: readonly ToolManifest[] = [
  tool('look', 'read', 1_000),
  tool('restart', 'repeatable', 1_000),
  tool('pay', 'once', 1_000),
  tool('scarce', 'once', 4),
  tool('forbidden', 'once', 1_000),
  tool(KNOWING, 'read', 1_000, KNOWN),
];

/** The same tool, whose doubts are settled by asking where it pays. */
export const probed = (manifest: ToolManifest): ToolManifest =>
  manifest.name === 'pay' ? { ...manifest, probe: { tool: KNOWING, arguments: { key: '{{ call.key }}' } } } : manifest;

interface Act {
  readonly id: string;
  readonly tool: string;
  readonly after?: readonly string[];
}

/** A bot with one capability that is carried out by these calls. */
const bot = (name: string, capability: string, acts: readonly Act[]): AgentManifest =>
  AgentManifest.parse({
    name,
    version: '1.0.0',
    description: `Simulated: ${capability}.`,
    domain: 'simulation',
    capabilities: [{ name: capability, description: capability, keywords: [capability] }],
    tools: [...new Set(acts.map((act) => act.tool))],
    policy_profile: 'simulation',
    brain: {
      type: 'scripted',
      skills: {
        [capability]: {
          steps: acts.map(({ id, tool: called, after = [] }) => ({
            id,
            tool: called,
            args: { text: id },
            depends_on: after,
          })),
          output: { answer: `${capability} is done`, data: { [capability]: 'done' } },
        },
      },
    },
  });

const fix: readonly Act[] = [
  { id: 'look-first', tool: 'look' },
  { id: 'restart-it', tool: 'restart', after: ['look-first'] },
];

export const BOTS: readonly AgentManifest[] = [
  bot('watching-bot', 'watch', [
    { id: 'left', tool: 'look' },
    { id: 'right', tool: 'look' },
    // Asked for while the other side's result may be in flight.
    { id: 'left-again', tool: 'look', after: ['left'] },
    { id: 'right-again', tool: 'look', after: ['right'] },
    { id: 'both', tool: 'look', after: ['left-again', 'right-again'] },
  ]),
  bot('paying-bot', 'settle', [
    { id: 'check', tool: 'look' },
    { id: 'pay-one', tool: 'pay', after: ['check'] },
    { id: 'pay-two', tool: 'pay', after: ['check'] },
  ]),
  bot('fixing-bot', 'repair', fix),
  bot('standby-bot', 'repair', fix),
  bot(
    'greedy-bot',
    'grab',
    Array.from({ length: 3 }, (_, index) => ({ id: `grab-${index}`, tool: 'scarce' })),
  ),
  bot('sly-bot', 'sneak', [{ id: 'try-it', tool: 'forbidden' }]),
  bot('outcast-bot', 'loiter', [{ id: 'look-on', tool: 'look' }]),
];

/** Calls of a tool that a session may begin. */
export const budgetOf = (name: string): number | undefined =>
  TOOLS.find((each) => each.name === name)?.budget.max_calls_per_session;

/** Whether a tool's effect may happen only once per call. */
export const isOnceOnly = (name: string): boolean => TOOLS.find((each) => each.name === name)?.effect === 'once';
