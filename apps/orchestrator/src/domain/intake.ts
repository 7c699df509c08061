import { type Fault, FOREMAN, OPERATOR, type PublishedEnvelope } from '@voorman/envelope';
import type { Session } from './session-state.js';
import { wordAction } from './word.js';

/** The action that ends a session instead of beginning something. */
export const CANCEL_ACTION = 'cancel';

/** Where an inbox message came from and whom it named, as its subject says it: the bus vouches for these. */
export interface InboxAddress {
  readonly tenant: string;
  readonly publisher: string;
  readonly target: string;
}

/** Why an envelope does not become a task, or `undefined` when nothing speaks against it but policy. */
export function objection(
  envelope: PublishedEnvelope,
  address: InboxAddress,
  isKnownTarget: (name: string) => boolean,
): Fault | undefined {
  if (envelope.source_agent !== address.publisher) {
    return {
      code: 'inbox/wrong-source',
      message: `The envelope says it comes from ${envelope.source_agent}, but ${address.publisher} published it.`,
      next: `Set source_agent to ${address.publisher}.`,
    };
  }
  if (envelope.target_agent !== address.target) {
    return {
      code: 'inbox/wrong-target',
      message: `The envelope is for ${envelope.target_agent}, but it was published for ${address.target}.`,
      next: 'Use the same target in target_agent and in the subject.',
    };
  }
  if (!isKnownTarget(envelope.target_agent)) {
    return {
      code: 'inbox/unknown-target',
      message: `There is no agent called ${envelope.target_agent} here.`,
      next: 'Publish to orchestrator, or to a bot that `voorman status` lists.',
    };
  }
  const isForForeman = envelope.target_agent === FOREMAN;
  const isWish = envelope.payload.action === CANCEL_ACTION || wordAction(envelope) !== undefined;
  if (isForForeman && envelope.payload.goal === undefined && !isWish) {
    return {
      code: 'inbox/no-goal',
      message: 'The envelope is for the orchestrator but its payload has no goal.',
      next: 'Say in payload.goal what is wanted, or publish to a bot.',
    };
  }
  const attachmentNames = (envelope.payload.attachments ?? []).map((attachment) => attachment.name);
  if (new Set(attachmentNames).size !== attachmentNames.length) {
    return {
      code: 'inbox/doubled-attachment',
      message: 'Two attachments have the same name, so evidence could not say which one it means.',
      next: 'Give every attachment a name of its own.',
    };
  }
  return undefined;
}

/** Why a session has no room for a task: it belongs to another publisher, or it has this task already. */
export function occupied(
  session: Session,
  address: Pick<InboxAddress, 'publisher'>,
  envelope: PublishedEnvelope,
): Fault | undefined {
  const { publisher } = address;
  const isForeign = [...session.roots.values()].some((root) => root.publisher !== publisher);
  // Budgets and cancellation are a session's, so a session is one publisher's; the operator may join in everywhere.
  if (isForeign && publisher !== OPERATOR) {
    return {
      code: 'inbox/unauthorised',
      message: `The session ${envelope.correlation_id} belongs to someone else.`,
      next: 'Use a session of your own: choose another correlation_id.',
    };
  }
  if (!session.roots.has(envelope.task_id) && !session.rootOf.has(envelope.task_id)) return undefined;
  return {
    code: 'inbox/replayed',
    message: `The session ${envelope.correlation_id} already has a task ${envelope.task_id}; it was not begun again.`,
    next: 'Give every new task an id of its own.',
  };
}
