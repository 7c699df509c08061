/// <reference path="./web-assembly.d.ts" />
import * as opaWasm from '@open-policy-agent/opa-wasm';
import { withinTime } from '@voorman/time-limit';
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
 * What the engine can do beside what is compiled into every program. Anything else (the network, the clock) compiles, and
 * would fail at each decision.
 */
const ENGINE_BUILTINS = new Set([
  'json.is_valid',
  'regex.split',
  'sprintf',
  'yaml.is_valid',
  'yaml.marshal',
  'yaml.unmarshal',
]);

/** Of these the ones whose time a few characters decide: patterns that go back again and again, aliases of aliases. */
const ENDLESS_BUILTINS = ['regex.split', 'yaml.is_valid', 'yaml.unmarshal'];

/**
 * A bundle's compiled program with its data in memory. A program that was stopped half way leaves its stack where it
 * stood: after some 500 faults an instance fails at everything, and whoever can provoke faults could stop the system. So
 * after a fault the next evaluation begins with a fresh instance (about 1 ms).
 */
export class WasmProgram {
  /** Whether a question that looks like a quick one may take any time. */
  readonly mayBeEndless: boolean;
  #instance: opaWasm.LoadedPolicy;

  private constructor(
    private readonly module: WebAssembly.Module,
    private readonly data: ArrayBuffer,
  ) {
    this.#instance = this.#instantiate();
    this.mayBeEndless = builtinsOf(this.#instance).some((name) => ENDLESS_BUILTINS.includes(name));
  }

  /** Compiles off the main thread. @throws {BundleRejectedError} it is no program of the policy compiler, or lacks an entry point. */
  static async load(bundle: Bundle): Promise<WasmProgram> {
    requireObject(bundle.data);
    let program: WasmProgram;
    try {
      const module = await WebAssembly.compile(bundle.wasm);
      requirePolicy(module);
      program = new WasmProgram(module, bundle.data.buffer);
    } catch (cause) {
      throw new BundleRejectedError(`its program cannot be loaded (${wordsOf(cause)})`, { cause });
    }
    const missing = bundle.manifest.entrypoints.filter((name) => !Object.hasOwn(program.#instance.entrypoints, name));
    if (missing.length > 0) throw new BundleRejectedError(`its program has no entry point ${missing.join(', ')}`);
    const foreign = builtinsOf(program.#instance)
      .filter((name) => !ENGINE_BUILTINS.has(name))
      .sort();
    if (foreign.length > 0) throw new BundleRejectedError(`its rules use ${foreign.join(', ')}, which cannot run here`);
    return program;
  }

  /**
   * Evaluates one entry point.
   * @returns the result set, as the program wrote it.
   * @param limitMs after this it is stopped; absent: it may take as long as it takes.
   * @throws what the program threw: often a bare string. @throws {TimeLimitReached}
   */
  evaluate(entrypoint: string, input: ArrayBuffer, limitMs?: number): unknown {
    const instance = this.#instance;
    try {
      if (limitMs === undefined) return instance.evaluate(input, entrypoint);
      return withinTime(limitMs, () => instance.evaluate(input, entrypoint));
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

/** The names of the functions that a program expects from its engine. */
function builtinsOf(instance: opaWasm.LoadedPolicy): string[] {
  const exported = instance.wasmInstance.exports as Record<'builtins' | 'opa_json_dump', (address?: number) => number>;
  const address = exported.opa_json_dump(exported.builtins());
  // Looked at afterwards: the call may have made the memory grow, and then it is another buffer.
  const text = new Uint8Array(instance.mem.buffer, address);
  return Object.keys(JSON.parse(new TextDecoder().decode(text.subarray(0, text.indexOf(0)))));
}

/** The engine only warns, on standard error, about a module that is no policy. */
function requirePolicy(module: WebAssembly.Module): void {
  const names = WebAssembly.Module.exports(module).map((exported) => exported.name);
  if (!names.includes('opa_wasm_abi_version')) throw new Error('it is no compiled policy');
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
