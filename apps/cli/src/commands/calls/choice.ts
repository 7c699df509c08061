import type { CallStory } from '../../client/calls.js';
import { NameError } from '../../errors.js';

/**
 * The one call that a person means by its id, or by how that begins.
 * @throws {NameError} there is none, or more than one.
 */
export function chosen(calls: readonly CallStory[], id: string, what: string): CallStory {
  const exact = calls.filter((call) => call.call_id === id);
  const found = exact.length > 0 ? exact : calls.filter((call) => call.call_id.startsWith(id));
  const [only, another] = found;
  if (only === undefined)
    throw new NameError(`No call ${id} ${what}.`, 'Look at the list: voorman calls, or voorman approvals.');
  if (another === undefined) return only;
  throw new NameError(
    `${found.length} calls that begin with ${id} ${what}.`,
    'Give more of its id, or name the session with --session.',
  );
}
