import type { Fault, JsonObject } from '@voorman/envelope';
import type { Executed } from '../ports.js';

/** The largest answer of a tool. Bytes. */
export const MAX_OUTPUT_BYTES = 10 * 2 ** 20;

/** What a program or a service answered: one JSON object. */
export function readAnswer(tool: string, text: string, durationMs: number): Executed {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return failed(`${tool} did not answer with JSON.`, durationMs, false);
  }
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) {
    return failed(`${tool} did not answer with a JSON object.`, durationMs, false);
  }
  return { kind: 'output', output: parsed as JsonObject, durationMs, retryable: false };
}

/** A fault in plain words; what only the operator may see stays out of it. */
export const failed = (message: string, durationMs: number, retryable: boolean, code = 'tool/failed'): Executed => ({
  kind: 'fault',
  fault: faultOf(code, message),
  durationMs,
  retryable,
});

/** The attempt ended without an answer: it may have happened. */
export const unknown = (message: string, durationMs: number, code: string): Executed => ({
  kind: 'unknown',
  fault: faultOf(code, message),
  durationMs,
  retryable: true,
});

/** The error that a tool told in its own words: `{"error": {"code", "message"}}`. */
export function toldFault(output: unknown): Fault | undefined {
  if (output === null || typeof output !== 'object' || !('error' in output)) return undefined;
  const { error } = output;
  if (error === null || typeof error !== 'object' || !('message' in error)) return undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code.slice(0, 100) : 'tool/failed';
  return faultOf(code, String(error.message).slice(0, 2_000));
}

const faultOf = (code: string, message: string): Fault => ({
  code,
  message,
  next: 'Correct the arguments or the attachments, or finish without this tool.',
});
