import type { BusTargets } from '@voorman/policy';
import { EXIT } from '../../errors.js';
import type { Terminal } from '../../output/terminal.js';
import { askSupervisor } from '../../stack/control.js';
import type { ReadyStack } from '../../stack/state-file.js';
import { untilInForce } from './in-force.js';

/** What was just published. */
export interface News {
  readonly revision: string;
  readonly digest: string;
  readonly tests?: number;
}

/** Waits until what was published decides everywhere, and says so; exit code 1 where it does not. */
export async function tellInForce(
  terminal: Terminal,
  stack: ReadyStack,
  news: News,
  targets: BusTargets | undefined,
): Promise<number> {
  const { points, everywhere, ms } = await untilInForce(stack, news.revision);
  // Only now: while some still decide by the policy before, nothing that it allows may get stuck on the bus.
  if (everywhere && targets !== undefined) await askSupervisor(stack.control, { ask: 'bus', targets });
  terminal.document({ ...news, everywhere, in_force_ms: ms, enforcement_points: points });
  if (everywhere)
    terminal.line(`Revision ${news.revision} is in force in ${points.length} enforcement points after ${ms} ms.`);
  for (const { name, replica, revision } of everywhere ? [] : points) {
    if (revision !== news.revision)
      terminal.note(`${name} ${replica} still decides by ${revision ?? 'no policy'}; its log says why.`);
  }
  return everywhere ? EXIT.ok : EXIT.fault;
}
