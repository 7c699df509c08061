import * as opaWasm from '@open-policy-agent/opa-wasm';
import type { Bundle } from '../bundle.js';
import { BundleRejectedError } from '../errors.js';

// The package is CommonJS: only its default export has everything, while its types describe named exports.
const { loadPolicySync } = (opaWasm as unknown as { readonly default: typeof opaWasm }).default;

const PAGE_BYTES = 64 * 1024;
const MAX_PAGES = 32_768;
/** What evaluating may use beside the data. 64 MiB. */
const WORKING_PAGES = 1024;
/** Parsed data takes several times the room of its text. */
const PARSED_PER_TEXT = 16;

/**
 * A bundle's compiled program with its data in memory. After a fault the memory is not trusted any more (a program that
 * was stopped half way may leave its stack where it stood), so the next evaluation begins with a fresh instance.
 */
export class WasmProgram {
  #instance: opaWasm.LoadedPolicy;

  private constructor(
    private readonly module: WebAssembly.Module,
    private readonly data: ArrayBuffer,
  ) {
    this.#instance = this.#instantiate();
  }

  /** Compiles off the main thread. @throws {BundleRejectedError} it is no program of the policy compiler, or lacks an entry point. */
  static async load(bundle: Bundle): Promise<WasmProgram> {
    requireObject(bundle.data);
    let program: WasmProgram;
    try {
      program = new WasmProgram(await WebAssembly.compile(bundle.wasm), bundle.data.buffer);
    } catch (cause) {
      throw new BundleRejectedError(`its program cannot be loaded (${wordsOf(cause)})`, { cause });
    }
    const missing = bundle.manifest.entrypoints.filter((name) => !Object.hasOwn(program.#instance.entrypoints, name));
    if (missing.length > 0) throw new BundleRejectedError(`its program has no entry point ${missing.join(', ')}`);
    return program;
  }

  /**
   * Evaluates one entry point.
   * @returns the result set, as the program wrote it.
   * @throws what the program threw: often a bare string.
   */
  evaluate(entrypoint: string, input: ArrayBuffer): unknown {
    try {
      return this.#instance.evaluate(input, entrypoint);
    } catch (fault) {
      this.#instance = this.#instantiate();
      throw fault;
    }
  }

  #instantiate() {
    const pages = WORKING_PAGES + Math.ceil((this.data.byteLength * PARSED_PER_TEXT) / PAGE_BYTES);
    const instance = loadPolicySync(this.module, { initial: 5, maximum: Math.min(pages, MAX_PAGES) });
    instance.setData(this.data);
    return instance;
  }
}

function requireObject(data: Uint8Array): void {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data));
  } catch (cause) {
    throw new BundleRejectedError('its data is not JSON', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BundleRejectedError('its data is not a JSON object');
  }
}

/** The engine throws strings, plain objects and errors; this is the sentence in any of them. */
export function wordsOf(fault: unknown): string {
  if (typeof fault === 'string') return fault.slice(0, 300);
  if (typeof fault === 'object' && fault !== null && 'message' in fault) return String(fault.message).slice(0, 300);
  return 'no reason given';
}
