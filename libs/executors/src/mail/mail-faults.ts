import type { Fault } from '@voorman/envelope';

// Why a mail is not sent, in words that may leave the process.

/** @param what goes on after the argument's name, for instance `is not an address`. */
export const badArgument = (tool: string, argument: string, what: string): Fault => ({
  code: 'arguments/invalid',
  message: `The argument ${argument} of ${tool} ${what}.`,
  next: 'Correct the argument, or finish without this tool.',
});

export const recipientNotAllowed = (tool: string, recipients: readonly string[]): Fault => ({
  code: 'mail/recipient-not-allowed',
  message: `${tool} may not write to ${recipients.slice(0, 10).join(', ')}.`,
  next: 'Write to those whom the tool’s manifest lists under recipients.',
});

export const insecure = (tool: string): Fault => ({
  code: 'mail/insecure',
  message: `${tool} would send its password without encryption.`,
  next: 'Whoever owns the tool may set smtp.security to starttls or tls.',
});

/** @param status SMTP's code. */
export const rejected = (tool: string, status: number): Fault => ({
  code: 'mail/rejected',
  message: `The mail server of ${tool} did not take the mail (${status}).`,
  next: 'Correct the recipients or the text, or finish without this tool.',
});
