import type { Fault } from '@voorman/envelope';

// What only a call over HTTP can run into, in words that may leave the process.

/** @param what the rest of the sentence, for instance `is missing`. */
export const argumentFault = (tool: string, argument: string, what: string): Fault => ({
  code: 'arguments/invalid',
  message: `The argument ${argument.slice(0, 80)} of ${tool} ${what}.`,
  next: 'Correct the argument, or finish without this tool.',
});

export const addressRefused = (tool: string): Fault => ({
  code: 'tool/address-refused',
  message: `${tool} leads to an address that its manifest does not allow.`,
  next: 'Finish without this tool; whoever runs it may list the address under private_addresses.',
});

export const redirectRefused = (tool: string, why: string): Fault => ({
  code: 'tool/redirect-refused',
  message: `${tool} answered with a redirect ${why}, which is not followed.`,
  next: 'Finish without this tool; whoever runs it may correct its endpoint, or list the host under hosts.',
});

export const identityRefused = (tool: string): Fault => ({
  code: 'tool/identity-refused',
  message: `The server of ${tool} and the gateway do not accept each other's certificates.`,
  next: 'Finish without this tool; whoever runs it may check tls in its manifest, and the server’s certificate.',
});

export const noCertificates = (tool: string): Fault => ({
  code: 'tool/no-certificates',
  message: `${tool} needs a client certificate, and this gateway has no authority that issues one.`,
  next: 'Finish without this tool; whoever runs the gateway may set VOORMAN_PKI.',
});
