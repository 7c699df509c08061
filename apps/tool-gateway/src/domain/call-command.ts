import type { Decision, Effect, Fault, JsonObject, PayloadOf } from '@voorman/envelope';
import type { Limits } from './budget.js';
import type { Origin, Request } from './call-state.js';
import type { Duties, Unmet } from './duties.js';

/** One version of a tool, as far as its calls are decided on. */
export interface Offer {
  readonly tool: string;
  readonly version: string;
  /** Of the signed package. */
  readonly digest?: string;
  readonly endpoint?: string;
  readonly effect: Effect;
  readonly maxAttempts: number;
  readonly costUsd: number;
  readonly tokens: number;
}

/** Everything that a beginning depends on besides what the session did before. */
export interface Opening {
  readonly offer: Offer;
  readonly limits: Limits;
  readonly decision: Decision;
  readonly duties: Duties | Unmet;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** What would be done, and the digest of exactly that: what a person agrees to. */
export interface Wanted {
  readonly arguments: JsonObject;
  readonly digest: string;
}

/** What of an ended attempt goes into its record besides how long it took. */
export type OutputFacts = Pick<
  PayloadOf<'tool-finished'>,
  'output' | 'output_ref' | 'served_by' | 'untrusted' | 'note' | 'redacted' | 'data_classes'
>;

/** What came of an attempt. `unknown`: it may or may not have happened. */
export type Result = (
  | ({ readonly kind: 'output' } & OutputFacts)
  | ({ readonly kind: 'fault' | 'unknown'; readonly fault: Fault } & Pick<OutputFacts, 'untrusted'>)
) & {
  readonly durationMs: number;
  /** What it really cost, where that is known. */
  readonly cost?: { readonly usd?: number; readonly tokens?: number };
};

export type StartCommand = Opening & {
  readonly type: 'start';
  readonly request: Request;
  /** Needed where policy wants a person to agree. */
  readonly wanted?: Wanted;
  /** Whether it may wait until fewer calls are under way; else it is refused. */
  readonly isPatient: boolean;
};

export type ApproveCommand = Opening & {
  readonly type: 'approve';
  readonly request: Request;
  readonly digest: string;
  readonly approved: boolean;
  readonly because: string;
  readonly by: string;
  readonly isPatient: boolean;
};

/** Attempt `attempt` was found started by a gateway that died, or failed in passing. */
export interface RepeatCommand {
  readonly type: 'repeat';
  readonly request: Request;
  readonly attempt: number;
  readonly origin: Origin;
  readonly afterCrash: boolean;
  readonly offer: Offer;
  readonly decision: Decision;
  readonly duties: Duties | Unmet;
}

/** The tool cannot; another one with the same output may stand in for it. `cause` is what came of the tool itself. */
export type FallBackCommand = Opening & {
  readonly type: 'fall-back';
  readonly request: Request;
  readonly attempt: number;
  readonly cause: 'fault' | 'unknown';
};

/** The attempt came to an end. `draft`: its output is something prepared, which a person may send. */
export interface FinishCommand {
  readonly type: 'finish';
  readonly request: Request;
  readonly attempt: number;
  readonly result: Result;
  readonly draft?: Wanted & { readonly version: string; readonly reason: string; readonly decision: Decision };
}

export interface SettleCommand {
  readonly type: 'settle';
  readonly request: Request;
  readonly happened: boolean;
  readonly because: string;
  readonly by: string;
}

export type CallsCommand =
  | StartCommand
  /** The request itself is no good: an unknown tool, an invented parameter. */
  | {
      readonly type: 'refuse';
      readonly request: Request;
      readonly fault: Fault;
      /** How many of its calls may be refused; absent: any number. */
      readonly maxRefusals?: number;
    }
  | ApproveCommand
  | RepeatCommand
  | FallBackCommand
  | FinishCommand
  | SettleCommand
  /** A probe of the call has ended: what it was told settles the doubt. */
  | { readonly type: 'conclude'; readonly request: Request }
  /** Nothing is to be decided yet, or any more. */
  | { readonly type: 'hold' }
  /** The session was cancelled: nothing of it starts any more. */
  | { readonly type: 'close'; readonly reason: string };
