import { setTimeout as pause } from 'node:timers/promises';
import { askSupervisor } from '../../stack/control.js';
import type { StackReport } from '../../stack/stack-report.js';
import type { ReadyStack } from '../../stack/state-file.js';

/** An enforcement point and the policy that it decides by; null where it has none or does not answer. */
export interface EnforcementPoint {
  readonly name: string;
  readonly replica: number;
  readonly revision: string | null;
}

/** The services that decide. */
const DECIDE: readonly string[] = ['orchestrator', 'tool-gateway'];

/** What every enforcement point of a stack decides by at this moment. */
export async function enforcementPoints(stack: ReadyStack): Promise<EnforcementPoint[]> {
  return pointsIn(await askSupervisor(stack.control, { ask: 'status' }));
}

/** The same, of what a supervisor has reported. */
export const pointsIn = ({ members }: Pick<StackReport, 'members'>): EnforcementPoint[] =>
  members
    .filter((member) => DECIDE.includes(member.name))
    .map(({ name, replica, bundle }) => ({ name, replica, revision: bundle ?? null }));

/**
 * Waits until every enforcement point decides by a revision.
 * @returns how they stand, and how long that took; after `withinMs` as they stand then.
 */
export async function untilInForce(
  stack: ReadyStack,
  revision: string,
  withinMs = 10_000,
): Promise<{ readonly points: readonly EnforcementPoint[]; readonly everywhere: boolean; readonly ms: number }> {
  const began = performance.now();
  for (;;) {
    const points = await enforcementPoints(stack);
    const everywhere = points.every((point) => point.revision === revision);
    const ms = Math.round(performance.now() - began);
    if (everywhere || ms > withinMs) return { points, everywhere, ms };
    await pause(20);
  }
}
