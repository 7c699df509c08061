import type { Decision } from '@voorman/envelope';
import { type Answer, answerOf } from '../answer.js';
import { type Bundle, decodeBundle } from '../bundle.js';
import { BundleRejectedError, PolicyFaultError } from '../errors.js';
import {
  type BundleEngine,
  type EngineOptions,
  monotonicUs,
  type Stopwatch,
  toDecision,
  UNDECIDED,
} from '../policy-engine.js';
import { type PolicyInput, PROBE } from '../policy-input.js';
import { questionText } from '../question-text.js';
import { PaceWatch } from './pace-watch.js';
import { WasmProgram, wordsOf } from './wasm-program.js';

/** How long an evaluation may take. */
export interface WasmPolicyOptions extends EngineOptions {
  /** After this a decision is stopped, and is a refusal. Milliseconds; default 250. */
  readonly limitMs?: number;
}

const LIMIT_MS = 250;

/**
 * Evaluates a compiled Rego bundle in this process. A bundle with several entry points allows what all of them allow.
 * Rego always ends, but a rule over large data may take long: an evaluation that may is stopped when its time is up.
 */
export class WasmPolicyEngine implements BundleEngine {
  readonly #watch = new PaceWatch();
  readonly #limitMs: number;
  readonly #nowUs: Stopwatch;
  readonly #onFault: (fault: PolicyFaultError) => void;

  private constructor(
    readonly bundle: Bundle,
    private readonly program: WasmProgram,
    options: WasmPolicyOptions,
  ) {
    this.#limitMs = options.limitMs ?? LIMIT_MS;
    this.#nowUs = options.nowUs ?? monotonicUs;
    this.#onFault = options.onFault ?? (() => undefined);
  }

  /**
   * Verifies, compiles and tries out a bundle.
   * @throws {BundleRejectedError} its digests, its program or its entry points are not right.
   */
  static async load(bytes: Uint8Array, options: WasmPolicyOptions = {}): Promise<WasmPolicyEngine> {
    const bundle = decodeBundle(bytes);
    const engine = new WasmPolicyEngine(bundle, await WasmProgram.load(bundle), options);
    try {
      engine.#answer(PROBE);
    } catch (cause) {
      throw new BundleRejectedError(`it cannot answer the simplest question (${wordsOf(cause)})`, { cause });
    }
    return engine;
  }

  get revision(): string {
    return this.bundle.manifest.revision;
  }

  decide(input: PolicyInput): Decision {
    const startedUs = this.#nowUs();
    const answer = this.#answerOrRefusal(input);
    return toDecision(input.action, answer, this.revision, this.#nowUs() - startedUs);
  }

  close(): void {
    // Nothing is held but memory.
  }

  #answerOrRefusal(input: PolicyInput): Answer {
    try {
      return this.#answer(input);
    } catch (cause) {
      // The engine throws bare strings: give the fault a type.
      const fault =
        cause instanceof PolicyFaultError ? cause : new PolicyFaultError(this.revision, wordsOf(cause), { cause });
      this.#onFault(fault);
      return { allow: false, reasons: [UNDECIDED], obligations: [] };
    }
  }

  #answer(input: PolicyInput): Answer {
    const text = questionText(input, this.revision);
    const document = encoder.encode(text).buffer;
    const isWatched = this.program.mayBeEndless || this.#watch.needsLimit(input, text.length);
    const limitMs = isWatched ? this.#limitMs : undefined;
    const beganUs = monotonicUs();
    const answer = answerOf(this.bundle.entrypoints, input, (rule) =>
      valueIn(this.program.evaluate(rule, document, limitMs), rule, this.revision),
    );
    this.#watch.took(input, monotonicUs() - beganUs);
    if ('problem' in answer) throw new PolicyFaultError(this.revision, answer.problem);
    return answer;
  }
}

const encoder = new TextEncoder();

/** The value in a result set; `undefined` where the rule has none. */
function valueIn(resultSet: unknown, rule: string, revision: string): unknown {
  if (!Array.isArray(resultSet) || resultSet.length > 1) {
    throw new PolicyFaultError(revision, `${rule} gave no result set`);
  }
  return resultSet[0]?.result;
}
