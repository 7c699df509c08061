import type { JsonObject, Redacted } from '@voorman/envelope';
import type { ToolExecutor } from '@voorman/executors';
import type { Clock, Ids, Log, Payloads } from '@voorman/log';
import type { PolicyEngine } from '@voorman/policy';
import type { CompiledTool, LoadedTool } from '@voorman/registry';

/** A tool that calls can be made of. */
export type Tool = CompiledTool<LoadedTool>;

/** What the gateway needs of the world. */
export interface GatewayPorts {
  readonly log: Log;
  readonly payloads: Pick<Payloads, 'put'>;
  readonly policy: PolicyEngine;
  /**
   * The tools of a revision of the registry, by name; of the newest one where none is named. One that is not at hand is
   * fetched.
   */
  readonly tools: (revision?: string) => ReadonlyMap<string, Tool> | Promise<ReadonlyMap<string, Tool>>;
  /** Digest of the signed package that a tool of that revision comes from. Default: not known. */
  readonly digestOf?: (tool: string, revision?: string) => string | undefined;
  /** The domain that a bot's manifest names; `undefined` for a bot that is not known. */
  readonly domainOf: (agent: string) => string | undefined;
  readonly executor: ToolExecutor;
  readonly clock: Clock;
  readonly ids: Ids;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Resolves after so many milliseconds; may do so as soon as the signal is aborted. Never rejects. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly redact: Redact;
  /** Hears of a fault of ours while a tool was carried out: for the operator; nobody else is told its words. */
  readonly report: (tool: string, fault: unknown) => void;
  /** Handed to policy with every question, for instance `production`. */
  readonly environment: string;
}

/**
 * Takes out of an output what must not be recorded; `undefined` where it could not be looked through, and so must not be
 * recorded at all.
 * @param fields JSON pointers of what has to go in any case. @param keep kinds of personal data that may stay.
 */
export type Redact = (
  output: JsonObject,
  fields: readonly string[],
  keep: readonly string[],
) => Promise<Redaction | undefined>;

export interface Redaction {
  readonly output: JsonObject;
  readonly redacted: readonly Redacted[];
}

export { GATEWAY } from '@voorman/envelope';
