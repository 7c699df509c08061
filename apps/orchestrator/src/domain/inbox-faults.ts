import { type Decision, type Fault, MAX_INBOX_BYTES, spokenReasons, type VoormanError } from '@voorman/envelope';
import type { InboxAddress } from './intake.js';

/** What publishers are told of messages that do not become a task. */

export const tooLarge = (bytes: number): Fault => ({
  code: 'inbox/too-large',
  message: `The message has ${bytes} bytes; at most ${MAX_INBOX_BYTES} are accepted.`,
  next: 'Put large content into an attachment and send its reference.',
});

export const malformed = (fault: VoormanError): Fault => ({ ...fault.toPublic(), code: 'inbox/malformed' });

export const unauthorised = ({ publisher, target }: InboxAddress, decision: Pick<Decision, 'reasons'>): Fault => ({
  code: 'inbox/unauthorised',
  message: `Policy does not let ${publisher} publish to ${target}: ${spokenReasons(decision.reasons)}.`,
  next: 'Publish to the orchestrator, or ask whoever keeps the policy.',
});

export const nothingToCancel = (session: string): Fault => ({
  code: 'inbox/nothing-to-cancel',
  message: `Nothing is under way in the session ${session}.`,
  next: 'Check the session’s name; a session that has ended cannot be cancelled.',
});

export const notYours = (session: string): Fault => ({
  code: 'inbox/unauthorised',
  message: `The session ${session} belongs to someone else.`,
  next: 'Ask its publisher, or whoever runs this stack, to cancel it.',
});

/** @param isCertain whether it is known that nothing of the message was begun. */
export const quarantined = (deliveries: number, isCertain: boolean): Fault => ({
  code: 'inbox/quarantined',
  message: `The message could not be handled in ${deliveries} deliveries and was set aside; ${
    isCertain ? 'nothing of it was begun' : 'whether anything of it was begun cannot be told'
  }.`,
  next: 'Ask whoever runs this stack to look at the session’s record-quarantined; publish it again once that is mended.',
});
