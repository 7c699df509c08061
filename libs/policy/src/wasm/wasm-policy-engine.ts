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
import { WasmProgram, wordsOf } from './wasm-program.js';

export type WasmPolicyOptions = EngineOptions;

/**
 * Evaluates a compiled Rego bundle in this process. A bundle with several entry points allows what all of them allow.
 * One evaluation cannot be interrupted: Rego always ends, but a rule over large data may take long.
 */
export class WasmPolicyEngine implements BundleEngine {
  readonly #nowUs: Stopwatch;
  readonly #onFault: (fault: PolicyFaultError) => void;

  private constructor(
    readonly bundle: Bundle,
    private readonly program: WasmProgram,
    options: WasmPolicyOptions,
  ) {
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
    const document = encoder.encode(questionText(input, this.revision)).buffer;
    const answer = answerOf(this.bundle.entrypoints, input, (rule) =>
      valueIn(this.program.evaluate(rule, document), rule, this.revision),
    );
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
