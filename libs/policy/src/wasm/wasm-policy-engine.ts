import type { Decision } from '@voorman/envelope';
import { type Bundle, decodeBundle } from '../bundle.js';
import { BundleRejectedError, PolicyFaultError } from '../errors.js';
import { monotonicUs, type PolicyEngine, type Stopwatch, toDecision } from '../policy-engine.js';
import { type PolicyInput, policyInput } from '../policy-input.js';
import { type Answer, toAnswer } from './answer.js';
import { WasmProgram, wordsOf } from './wasm-program.js';

/** The largest input document that is evaluated. Characters of its JSON. */
export const MAX_INPUT_LENGTH = 256 * 1024;

/** The deepest input document that is evaluated; the engine's parser recurses. */
export const MAX_INPUT_DEPTH = 64;

export interface WasmPolicyOptions {
  /** Default: the process's monotonic clock. */
  readonly nowUs?: Stopwatch;
  /** Told of each decision that failed and was therefore a refusal. */
  readonly onFault?: (fault: PolicyFaultError) => void;
}

/** A question that nobody asks, so that a bundle shows before it is used that it answers. */
const PROBE = policyInput({ action: 'publish', tenant: 'probe', session: 'probe', agent: 'probe' });

/**
 * Evaluates a compiled Rego bundle in this process. A bundle with several entry points allows what all of them allow.
 * One evaluation cannot be interrupted: Rego always ends, but a rule over large data may take long.
 */
export class WasmPolicyEngine implements PolicyEngine {
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

  #answerOrRefusal(input: PolicyInput): Answer {
    try {
      return this.#answer(input);
    } catch (cause) {
      // The engine throws bare strings: give the fault a type. The refusal's reason stays general, for a bot may read it.
      const fault =
        cause instanceof PolicyFaultError ? cause : new PolicyFaultError(this.revision, wordsOf(cause), { cause });
      this.#onFault(fault);
      return { allow: false, reasons: ['The policy could not decide this, and what is not decided is refused.'] };
    }
  }

  #answer(input: PolicyInput): Answer {
    const document = this.#encode(input);
    const reasons: string[] = [];
    let allow = true;
    for (const entrypoint of this.bundle.manifest.entrypoints) {
      const answer = toAnswer(entrypoint, this.program.evaluate(entrypoint, document));
      if ('problem' in answer) throw new PolicyFaultError(this.revision, answer.problem);
      // The reasons of those who refuse are what the reader needs.
      if (allow && !answer.allow) reasons.length = 0;
      if (allow || !answer.allow) reasons.push(...answer.reasons);
      allow &&= answer.allow;
    }
    return { allow, reasons };
  }

  #encode(input: PolicyInput): ArrayBuffer {
    if (!isAtMost(MAX_INPUT_DEPTH, input)) {
      throw new PolicyFaultError(this.revision, `the question is nested deeper than ${MAX_INPUT_DEPTH} levels`);
    }
    const text = JSON.stringify(input);
    if (text.length > MAX_INPUT_LENGTH) {
      throw new PolicyFaultError(this.revision, `the question has more than ${MAX_INPUT_LENGTH} characters`);
    }
    return new TextEncoder().encode(text).buffer;
  }
}

/** Whether a value nests at most this deep. Ends at the limit, so that no depth of input can exhaust the stack. */
function isAtMost(depth: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  for (const inner of Object.values(value)) if (!isAtMost(depth - 1, inner)) return false;
  return true;
}
