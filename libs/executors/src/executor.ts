import type { Fault, JsonObject } from '@voorman/envelope';
import type { CompiledTool, LoadedTool } from '@voorman/registry';

/** Carries out tools in the world. */
export interface ToolExecutor {
  /** Never throws for what the tool does: every failure is a result. A throw counts as "it may have happened". */
  execute(execution: Execution): Promise<Executed>;
  /** What the arguments mean, for policy; a fault where that cannot be said, which refuses the call. */
  meaning(tool: LoadedTool, args: JsonObject): Promise<Meaning | { readonly fault: Fault }>;
}

/** One attempt of one call: which tool, with what, for whom, within which limits. */
export interface Execution {
  /** Its checks, and its manifest with the folder that it lies in. */
  readonly tool: CompiledTool<LoadedTool>;
  readonly arguments: JsonObject;
  /** The call's idempotency key: the same for every attempt, and no other call's. */
  readonly key: string;
  readonly attempt: number;
  readonly caller: Caller;
  /** What policy's obligations leave of the tool; absent where there are none. */
  readonly limits?: Limits;
  /**
   * A person agreed to exactly these arguments: a mail tool whose mode is `draft` sends them now. A draft answers
   * `{status: 'draft', …}`; what was sent answers anything else.
   */
  readonly approved?: true;
  /** Aborted when the session is cancelled; the tool's own timeout is the executor's business. */
  readonly signal: AbortSignal;
}

/** For whom a tool acts: what a certificate names, and what chooses a sandbox's profile. */
export interface Caller {
  readonly tenant: string;
  readonly session: string;
  readonly agent: string;
}

/** Obligations, as an executor carries them out. An executor that cannot honour one that is set gives a fault. */
export interface Limits {
  readonly maxRows?: number;
  /** SQL conditions that the query has to fulfil besides its own, each for one table. */
  readonly conditions?: readonly { readonly table: string; readonly where: string }[];
  /** Prepare, do not send. */
  readonly draftOnly?: boolean;
  /** The sandbox profile's name, for programs. */
  readonly sandbox?: string;
}

/** What came of an attempt. `unknown`: it may or may not have happened. */
export type Executed = (
  | { readonly kind: 'output'; readonly output: JsonObject; readonly cost?: Cost; readonly note?: string }
  | { readonly kind: 'fault' | 'unknown'; readonly fault: Fault; readonly cost?: Cost }
) & {
  readonly durationMs: number;
  /** Whether the same attempt may go well a moment later. */
  readonly retryable: boolean;
  /** What the service itself asked to wait (`Retry-After`). */
  readonly retryAfterMs?: number;
};

/** What an attempt really cost, where the tool knows it; the reserved cost counts otherwise. */
export interface Cost {
  readonly usd?: number;
  readonly tokens?: number;
}

/** What the arguments of a call mean, for policy: read off them before anything happens. Absent: does not apply. */
export interface Meaning {
  /** SELECT, INSERT, …; several statements or none that is known: OTHER. */
  readonly query_type?: string;
  readonly tables?: readonly string[];
  readonly hosts?: readonly string[];
  readonly paths?: readonly string[];
  readonly recipients?: readonly string[];
}

/** One type of tool: how its arguments read, and how it is carried out. */
export interface ExecutorOf<Tool extends LoadedTool> {
  /** A fault where the arguments cannot be understood, which refuses the call. Pure but for preparation. */
  meaning(tool: Tool, args: JsonObject): Promise<Meaning | { readonly fault: Fault }>;
  execute(tool: Tool, execution: Execution): Promise<Executed>;
  /** Ends what it holds: programs, pools, connections. Idempotent. */
  stop(): Promise<void>;
}
