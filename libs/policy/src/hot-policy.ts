import type { Decision } from '@voorman/envelope';
import { decodeBundle } from './bundle.js';
import { NO_BUNDLE, type PolicyEngine, toDecision } from './policy-engine.js';
import type { PolicyInput } from './policy-input.js';
import { WasmPolicyEngine, type WasmPolicyOptions } from './wasm/wasm-policy-engine.js';

/** What an attempt to install a bundle led to. */
export interface Installed {
  readonly revision: string;
  readonly digest: string;
  /** False where this very bundle was already in force. */
  readonly changed: boolean;
}

/**
 * The policy in force, replaced while running: a decision is made by the old bundle or by the new one, never by parts of
 * both. Without a bundle everything is refused. A bundle that is damaged or cannot answer is rejected and the one in force
 * stays: it was verified, and whoever can damage an object in the store must not thereby choose the policy or stop the
 * system. After a restart there is none to stay with, and the damaged one refuses everything.
 */
export class HotPolicy implements PolicyEngine {
  #engine: WasmPolicyEngine | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: WasmPolicyOptions = {}) {}

  get revision(): string {
    return this.#engine?.revision ?? NO_BUNDLE;
  }

  /** Digest of the bundle in force; `undefined` where there is none. */
  get digest(): string | undefined {
    return this.#engine?.bundle.digest;
  }

  decide(input: PolicyInput): Decision {
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
    const { digest, manifest } = decodeBundle(bytes);
    if (digest === this.digest) return { revision: manifest.revision, digest, changed: false };
    this.#engine = await WasmPolicyEngine.load(bytes, this.options);
    return { revision: manifest.revision, digest, changed: true };
  }
}
