import type { ToolExecutor } from '@voorman/executors';
import type { Clock, Ids, Log } from '@voorman/log';
import type { PolicyEngine } from '@voorman/policy';
import type { CompiledTool, LoadedTool } from '@voorman/registry';

/** What the gateway needs of the world. */
export interface GatewayPorts {
  readonly log: Log;
  readonly policy: PolicyEngine;
  /** The tools that the registry declares, by name. */
  readonly tools: ReadonlyMap<string, CompiledTool<LoadedTool>>;
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

/** The name under which the gateway writes. */
export const GATEWAY = 'tool-gateway';
