import type { Msg, MsgHdrs } from '@nats-io/nats-core';

/** What is asked of the server, or of whoever answers on a subject. */
export interface Question {
  readonly subject: string;
  readonly data?: Uint8Array | string;
  readonly headers?: MsgHdrs;
  /** Milliseconds until `NoAnswerError`. Default 2,000. */
  readonly timeoutMs?: number;
}

/** No answer in time, no leader, or the connection broke: what became of the question is unknown. */
export class NoAnswerError extends Error {}

/** The server's own words for a refusal: its five-digit code and a sentence. */
export class ApiError extends Error {
  constructor(
    readonly code: number,
    description: string,
  ) {
    super(`${description} (${code})`);
  }
}

/** What the server says while a stream has no leader or no room in its queues: the outcome is unknown. */
const PASSING = new Set([10008, 10009, 10023, 10163, 10167]);

/**
 * The JSON of an answer of the JetStream API.
 * @throws {NoAnswerError} a refusal that passes. @throws {ApiError} any other.
 */
export function answerIn<T>(message: Msg): T {
  const answer = message.json<T & { error?: { err_code: number; description?: string } }>();
  if (answer.error === undefined) return answer;
  const { err_code: code, description = 'error' } = answer.error;
  if (PASSING.has(code)) throw new NoAnswerError(`${description} (${code})`);
  throw new ApiError(code, description);
}
