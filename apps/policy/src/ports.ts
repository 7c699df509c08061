import type { Bundles, Clock, Ids, Log } from '@voorman/log';
import type { Problem } from '@voorman/registry';
import type { PolicySources } from './domain/sources.js';

/** A compiled policy. */
export interface Program {
  readonly wasm: Uint8Array;
  /** The `data` document as JSON. */
  readonly data: Uint8Array;
  /** How many tests passed. */
  readonly tests: number;
}

/** Turns sources into a program that passed its own tests. */
export interface PolicyCompiler {
  /** Name and version; part of what a revision stands for. */
  readonly name: string;
  /**
   * @throws {PolicyRejectedError} the rules do not compile, or a test fails: one sentence each, with file and line.
   * @throws {CompilerFaultError} the compiler itself failed.
   */
  compile(sources: PolicySources): Promise<Program>;
}

/** Sources with what of the registry cannot be used: such an agent or tool is simply not there for the rules. */
export interface ReadSources {
  readonly sources: PolicySources;
  readonly problems: readonly Problem[];
}

/** What publishing needs of the world. */
export interface PublishPorts {
  readonly log: Log;
  readonly bundles: Bundles;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly compiler: PolicyCompiler;
}
