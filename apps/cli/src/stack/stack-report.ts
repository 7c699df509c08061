import type { Problem } from '@voorman/registry';
import type { Member } from './fleet.js';
import type { LeftOut, Trouble } from './health.js';
import type { NatsState } from './state-file.js';

/** How a running stack is at one moment. */
export interface StackReport {
  readonly nats: NatsState;
  readonly members: readonly Member[];
  /** Files of the registry that are left out, and why. */
  readonly problems: readonly Problem[];
}

/** What keeps a service from using what it was given last, such as a policy whose tests fail. */
export interface ServiceTrouble extends Trouble {
  readonly name: string;
}

/** What is wrong with a stack although its processes run. */
export const troublesOf = ({ members }: Pick<StackReport, 'members'>): readonly ServiceTrouble[] =>
  members.flatMap(({ name, trouble }) => (trouble === undefined ? [] : [{ name, ...trouble }]));

/** What gateways do not use of the published registry, each once. */
export function leftOutOf({ members }: Pick<StackReport, 'members'>): readonly LeftOut[] {
  const all = members.flatMap((member) => member.left_out ?? []);
  return [...new Map(all.map((each) => [JSON.stringify(each), each])).values()];
}
