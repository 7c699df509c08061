/** One script to run. */
export interface ScriptOrder {
  readonly source: string;
  /** The arguments as JSON. */
  readonly args: string;
  /** What `Math.random` begins from: the same for every attempt of a call. */
  readonly seed: number;
  readonly memoryMb: number;
  readonly timeoutMs: number;
}

/** What came of it: the JSON of its value (undefined where it has none), or an error. */
export type ScriptAnswer = { readonly json: string | undefined } | { readonly error: ScriptError };

export interface ScriptError {
  readonly name: string;
  readonly message: string;
  /** Of the script, from 1. */
  readonly line?: number;
  /** False: the interpreter is not to be trusted with another script. */
  readonly isFinal: boolean;
  readonly why?: 'time' | 'memory';
}
