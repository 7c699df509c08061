import type { Executed, Execution, Meaning, ToolExecutor } from '@voorman/executors';
import { KNOWING } from './cast.js';
import type { Surroundings } from './process.js';
import type { SimulatedEffect } from './promises.js';

/** How long a tool takes. Virtual milliseconds; the longest is longer than an unheard-of holder keeps its record. */
const QUICK_MS = [0, 120] as const;
const SLOW_MS = [1_000, 4_500] as const;

/** Some outputs do not fit into a record. */
const LARGE_BYTES = 70_000;

/** Tools whose effect is to be counted. It happens at some moment of the call, whether or not the gateway lives to see it. */
export class SimulatedTools implements ToolExecutor {
  constructor(
    private readonly effects: SimulatedEffect[],
    private readonly surroundings: Surroundings,
  ) {}

  async meaning(): Promise<Meaning> {
    return {};
  }

  async execute({ tool, key, attempt, signal, arguments: given }: Execution): Promise<Executed> {
    const { random, clock, wait, setOff } = this.surroundings;
    const [least, most] = random.chance(0.1) ? SLOW_MS : QUICK_MS;
    const durationMs = random.between(least, most);
    // What reaches nobody has no effect, and may be tried again where the manifest allows it.
    if (random.chance(0.05)) {
      await wait(durationMs);
      const fault = { code: 'tool/unreachable', message: `${tool.manifest.name} was not reached.`, next: 'Try again.' };
      return { kind: 'fault', fault, durationMs, retryable: true };
    }
    setOff(random.between(0, durationMs), () => {
      this.effects.push({ key, attempt, atMs: clock.nowMs() });
    });
    await wait(durationMs);
    if (signal.aborted) {
      const fault = { code: 'tool/stopped', message: `${tool.manifest.name} was stopped.`, next: 'Look at it.' };
      return { kind: 'unknown', fault, durationMs, retryable: false };
    }
    if (tool.manifest.name === KNOWING) {
      const happened = this.effects.some((effect) => effect.key === given.key);
      return { kind: 'output', output: { happened }, durationMs, retryable: false };
    }
    const text = random.chance(0.02) ? 'x'.repeat(LARGE_BYTES) : `${tool.manifest.name} is done`;
    return { kind: 'output', output: { text }, durationMs, retryable: false };
  }
}
