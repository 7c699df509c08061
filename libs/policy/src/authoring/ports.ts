import type { PolicySources } from './sources.js';

/** A compiled policy. */
export interface Program {
  readonly wasm: Uint8Array;
  /** The `data` document as JSON. */
  readonly data: Uint8Array;
  /** JSON as `BundleSources` describes it. */
  readonly sources: Uint8Array;
  /** How many tests passed. */
  readonly tests: number;
}

/** Turns sources into a program that passed its own tests. */
export interface PolicyCompiler {
  /** Name and version; part of what a revision stands for. */
  readonly name: string;
  /**
   * @param revision what the sources are called.
   * @throws {PolicyRejectedError} the rules do not compile, or a test fails: one sentence each, with file and line.
   * @throws {CompilerFaultError} the compiler itself failed.
   */
  compile(sources: PolicySources, revision: string): Promise<Program>;
}
