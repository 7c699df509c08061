import type { Fault, JsonObject } from '@voorman/envelope';
import type { Executed } from './executor.js';
import { badAnswer, inItsWords } from './tool-faults.js';

/** The largest answer of a tool. Bytes. */
export const MAX_OUTPUT_BYTES = 10 * 2 ** 20;

export const TOO_LARGE = 'answered with more than 10 MiB';

/** What a program or a service answered: one JSON object. */
export function readAnswer(tool: string, text: string, durationMs: number): Executed {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return failed(badAnswer(tool, 'did not answer with JSON'), durationMs, false);
  }
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) {
    return failed(badAnswer(tool, 'did not answer with a JSON object'), durationMs, false);
  }
  return { kind: 'output', output: parsed as JsonObject, durationMs, retryable: false };
}

/** The tool did not do it. */
export const failed = (fault: Fault, durationMs: number, retryable: boolean): Executed => ({
  kind: 'fault',
  fault,
  durationMs,
  retryable,
});

/** The attempt ended without an answer: it may have happened. */
export const unknown = (fault: Fault, durationMs: number): Executed => ({
  kind: 'unknown',
  fault,
  durationMs,
  retryable: true,
});

/** The error that a tool told in its own words: `{"error": {"code", "message"}}`. */
export function toldFault(output: unknown): Fault | undefined {
  if (output === null || typeof output !== 'object' || !('error' in output)) return undefined;
  const { error } = output;
  if (error === null || typeof error !== 'object' || !('message' in error)) return undefined;
  return inItsWords(
    'code' in error && typeof error.code === 'string' ? error.code : 'tool/failed',
    String(error.message),
  );
}
