import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import type { Fault } from '@voorman/envelope';
import type { LoadedToolOf } from '@voorman/registry';
import type { Executed, Execution } from '../executor.js';
import { isSecretError } from '../secrets/secret-store.js';
import { failed, unknown } from '../tool-answer.js';
import { connectionLost, inItsWords, stopped, timedOut, unreachable } from '../tool-faults.js';
import { notSpoken } from './mcp-faults.js';

/** A tool of an MCP server, as its signed manifest has it. */
export type McpManifest = LoadedToolOf<'mcp'>;

/** There is no room for the server's program. */
export class NotPlacedError extends Error {
  constructor(readonly fault: Fault) {
    super(fault.message);
  }
}

/** What one attempt knows of itself when it breaks. */
export class McpAttempt {
  /** Whether the call itself was on its way: then nobody knows what came of it. */
  isSent = false;
  readonly signal: AbortSignal;
  readonly #deadline: AbortSignal;

  constructor(
    readonly tool: McpManifest,
    readonly execution: Execution,
  ) {
    this.#deadline = AbortSignal.timeout(tool.timeout_ms);
    this.signal = AbortSignal.any([this.#deadline, execution.signal]);
  }

  /** What came of it, by what broke it. */
  broken(fault: unknown): Executed {
    const { name, timeout_ms } = this.tool;
    if (fault instanceof NotPlacedError) return failed(fault.fault, 0, false);
    if (isSecretError(fault)) return failed(fault.toPublic(), 0, fault.retryable);
    if (this.execution.signal.aborted) return this.#ended(stopped(name), false);
    if (this.#deadline.aborted || codeOf(fault) === ErrorCode.RequestTimeout) {
      return this.#ended(timedOut(name, timeout_ms), true);
    }
    // An error that the server answered: it did not do it.
    if (fault instanceof McpError && fault.code !== ErrorCode.ConnectionClosed) {
      return failed(inItsWords('tool/failed', `${name} answered: ${fault.message}`), 0, false);
    }
    // The session is gone, as after a restart of the server; it refused to look at the call.
    if (codeOf(fault) === 404) return failed(connectionLost(name), 0, true);
    if (this.isSent) return this.#ended(connectionLost(name), true);
    return failed(fault instanceof SyntaxError || isMalformed(fault) ? notSpoken(name) : unreachable(name), 0, true);
  }

  #ended(fault: Fault, retryable: boolean): Executed {
    return this.isSent ? { ...unknown(fault, 0), retryable } : failed(fault, 0, retryable);
  }
}

const codeOf = (fault: unknown): unknown =>
  typeof fault === 'object' && fault !== null && 'code' in fault ? fault.code : undefined;

/** What does not fit the protocol's schemas. */
const isMalformed = (fault: unknown): boolean => fault instanceof Error && fault.name === 'ZodError';
