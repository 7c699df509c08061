import type { LeftOut, Trouble } from './health.js';
import type { StackReport } from './supervisor.js';

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
