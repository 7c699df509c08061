import type { Fault, PublishedEnvelope } from '@voorman/envelope';

/** The action that ends a session instead of beginning something. */
export const CANCEL_ACTION = 'cancel';

/** The publisher that acts for whoever runs the stack; it may end what others asked for. */
export const OPERATOR = 'cli';

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
  const isForOrchestrator = envelope.target_agent === 'orchestrator';
  if (isForOrchestrator && envelope.payload.goal === undefined && envelope.payload.action !== CANCEL_ACTION) {
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
