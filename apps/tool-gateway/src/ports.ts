import type { JsonObject } from '@voorman/envelope';
import type { Clock, Ids, Log } from '@voorman/log';
import type { PolicyEngine } from '@voorman/policy';
import type { CompiledTool } from '@voorman/registry';
import type { Result } from './domain/calls.js';

/** What the gateway needs of the world. */
export interface GatewayPorts {
  readonly log: Log;
  readonly policy: PolicyEngine;
  /** The tools that the registry declares, by name. */
  readonly tools: ReadonlyMap<string, CompiledTool>;
  readonly executor: ToolExecutor;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Resolves after so many milliseconds; may do so as soon as the signal is aborted. Never rejects. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Hears of a fault of ours while a tool was carried out: for the operator; nobody else is told its words. */
  readonly report: (tool: string, fault: unknown) => void;
  /** Handed to policy with every question, for instance `production`. */
  readonly environment: string;
}

/** Carries out a tool in the world. */
export interface ToolExecutor {
  /** Never throws for what the tool does: every failure is a result. A throw counts as "it may have happened". */
  execute(execution: Execution): Promise<Executed>;
}

export interface Execution {
  readonly tool: CompiledTool;
  readonly arguments: JsonObject;
  /** The call's idempotency key: the same for every attempt. */
  readonly key: string;
  readonly attempt: number;
  /** Aborted when the session is cancelled; the tool's own timeout is the executor's business. */
  readonly signal: AbortSignal;
}

/** A result, and whether the same attempt may go well a moment later. */
export type Executed = Result & { readonly retryable: boolean };

/** The name under which the gateway writes. */
export const GATEWAY = 'tool-gateway';
