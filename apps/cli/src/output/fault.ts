import { type PublicError, VoormanError } from '@voorman/envelope';
import { CommandError, EXIT } from '../errors.js';
import { harmless } from './harmless-text.js';

/** What of any fault people and programs get to see, and the code for the shell. Never a stack trace. */
export function told(fault: unknown): PublicError & { readonly exitCode: number } {
  if (fault instanceof CommandError) return { ...fault.toPublic(), exitCode: fault.exitCode };
  if (fault instanceof VoormanError) return { ...fault.toPublic(), exitCode: EXIT.fault };
  if (isToolError(fault)) return { ...fault.toPublic(), exitCode: fault.exitCode };
  return {
    code: 'cli/unexpected',
    message: `Something went wrong that should not: ${fault instanceof Error ? fault.message : String(fault)}`,
    next: 'Set VOORMAN_DEBUG=1 to see where, and report it.',
    exitCode: EXIT.fault,
  };
}

/** Errors of the tool finder are no VoormanErrors: it runs before anything is built. */
const isToolError = (fault: unknown): fault is { exitCode: number; toPublic(): PublicError } =>
  fault instanceof Error && 'exitCode' in fault && 'toPublic' in fault && typeof fault.toPublic === 'function';

/** A fault as two sentences for people, or as one JSON document. */
export const spelled = (fault: PublicError, json: boolean): string =>
  json
    ? JSON.stringify({ error: { code: fault.code, message: fault.message, next: fault.next } })
    : harmless(`${asSentence(fault.message)} ${fault.next}`.trim());

/** Ends with a full stop what people left without one, since another sentence follows. */
export const asSentence = (text: string): string => text.replace(/([^.!?:…/])$/, '$1.');
