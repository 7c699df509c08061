import type { Decision } from '@voorman/envelope';
import { type Bundle, decodeBundle } from './bundle.js';
import {
  type BundleEngine,
  type EngineOptions,
  type MaybePromise,
  NO_BUNDLE,
  type PolicyEngine,
  toDecision,
} from './policy-engine.js';
import type { PolicyInput } from './policy-input.js';
import { WasmPolicyEngine } from './wasm/wasm-policy-engine.js';

/** What an attempt to install a bundle led to. */
export interface Installed {
  readonly revision: string;
  readonly digest: string;
  /** False where this very bundle was already in force. */
  readonly changed: boolean;
}

/** What may come into force, and what decides by it. */
export interface HotPolicyOptions extends EngineOptions {
  /** What decides by a bundle. Default: this process, in WebAssembly. @throws {BundleRejectedError} */
  readonly load?: (bytes: Uint8Array, options: EngineOptions) => Promise<BundleEngine>;
  /** Whether a bundle comes from somebody who may say what is allowed. Default: everybody may. @throws {BundleRejectedError} */
  readonly verify?: (bundle: Bundle) => void | Promise<void>;
}

/**
 * The policy in force, replaced while running: a decision is made by the old bundle or by the new one, never by parts of
 * both. Without a bundle everything is refused. A bundle that is damaged, signed by nobody whom we trust, or cannot answer
 * is rejected and the one in force stays: it was verified, and whoever can damage an object in the store must not thereby
 * choose the policy or stop the system. After a restart there is none to stay with, and the damaged one refuses everything.
 */
export class HotPolicy implements PolicyEngine {
  #engine: BundleEngine | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: HotPolicyOptions = {}) {}

  get revision(): string {
    return this.#engine?.bundle.manifest.revision ?? NO_BUNDLE;
  }

  /** Digest of the bundle in force; `undefined` where there is none. */
  get digest(): string | undefined {
    return this.#engine?.bundle.digest;
  }

  decide(input: PolicyInput): MaybePromise<Decision> {
    if (this.#engine !== undefined) return this.#engine.decide(input);
    const reasons = ['No policy bundle is in force, and without one everything is refused.'];
    return toDecision(input.action, { allow: false, reasons }, NO_BUNDLE, 0);
  }

  /**
   * Verifies a bundle and puts it in force; installations follow one another in the order of the calls.
   * @throws {BundleRejectedError} it is not usable; nothing changed.
   */
  install(bytes: Uint8Array): Promise<Installed> {
    const mine = this.#last.then(() => this.#install(bytes));
    // The next one waits for this one to end, however it ends; its own caller hears of a failure.
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async #install(bytes: Uint8Array): Promise<Installed> {
    const bundle = decodeBundle(bytes);
    const { digest, manifest } = bundle;
    if (digest === this.digest) return { revision: manifest.revision, digest, changed: false };
    await this.options.verify?.(bundle);
    const load = this.options.load ?? WasmPolicyEngine.load;
    const before = this.#engine;
    this.#engine = await load(bytes, this.options);
    before?.close();
    return { revision: manifest.revision, digest, changed: true };
  }
}
