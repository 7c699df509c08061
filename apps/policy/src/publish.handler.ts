import { hasCode, serviceBoundary } from '@voorman/envelope';
import { Decisions } from '@voorman/log';
import {
  BUNDLE_PAYLOAD_TYPE,
  type Bundle,
  bundleStatement,
  decodeBundle,
  PolicyStore,
  withSignatures,
} from '@voorman/policy';
import { compileBundle, type PolicySources, revisionOf } from '@voorman/policy/authoring';
import { type SigningKey, signStatement } from '@voorman/signing';
import { type Publication, type PublicationCommand, publication } from './domain/publication.js';
import type { PublishPorts } from './ports.js';

/** The name under which this service writes. */
export const POLICY = 'policy';

/** Publications belong to no tenant's session: they have one of their own. */
const SEAL = { source: POLICY, tenant: 'system', session: POLICY, task: 'bundle', ttlSeconds: 1 } as const;

/** What came of an attempt to publish. */
export interface Published {
  /** What is in force. */
  readonly revision: string;
  readonly digest: string;
  /** False where the store already held this revision, or where something newer than the folder is in force. */
  readonly changed: boolean;
  /** True where what is in force was pushed or rolled back to after the folder was last published. */
  readonly superseded?: boolean;
  /** How many tests passed; absent where nothing had to be compiled. */
  readonly tests?: number;
}

const DAMAGED = ['log/payload-corrupt', 'log/payload-missing', 'policy/bundle-rejected'];

/** A bundle with the signature of one key. */
const signed = (bytes: Uint8Array, bundle: Bundle, signer: SigningKey): Uint8Array =>
  withSignatures(bytes, signStatement(BUNDLE_PAYLOAD_TYPE, bundleStatement(bundle), [signer]).signatures);

type BundleName = Omit<PublicationCommand, 'type'>;

/** Compile, test, store, record. Whatever fails before storing leaves everything as it was. */
export class PublishHandler {
  readonly #decisions: Decisions<Publication, PublicationCommand>;
  readonly #store: PolicyStore;

  constructor(private readonly ports: PublishPorts) {
    this.#decisions = new Decisions(ports.log, publication, ports.clock, ports.ids);
    this.#store = new PolicyStore(ports.bundles);
  }

  /**
   * Publishes these sources, if they are not what is published.
   * @param isEdit whether the folder has just become what it is. Where it merely still is, a bundle that was pushed or
   *   rolled back to since then stays in force.
   * @throws {PolicyRejectedError} a rule does not compile or a test fails.
   * @throws {CompilerFaultError} the compiler failed. @throws what `Bundles` and `Log` throw.
   */
  async publish(sources: PolicySources, isEdit = false): Promise<Published> {
    const stored = await this.#stored();
    const revision = revisionOf(sources, this.ports.compiler);
    const signer = await this.ports.signer();
    // One that nobody signed, or another key, is none for enforcement points that trust ours.
    if (stored?.revision === revision && stored.keyids.includes(signer.keyid)) {
      // After a death between storing and recording, the record is still to be written.
      await this.#record(stored);
      // The folder has become what somebody else put in force: leaving that again is a change of it.
      if ((await this.#store.revisionFromFolder()) !== revision) await this.#store.noteFromFolder(revision);
      return { revision, digest: stored.digest, changed: false };
    }
    if (stored !== undefined && !isEdit && (await this.#store.revisionFromFolder()) === revision) {
      return { revision: stored.revision, digest: stored.digest, changed: false, superseded: true };
    }
    const { bytes, bundle, tests } = await compileBundle(sources, this.ports.compiler, this.ports.clock.nowMs());
    const signedBytes = signed(bytes, bundle, signer);
    // One that nobody takes must not stand in the place of one that everybody took: who starts anew would have none.
    await this.ports.requireTrusted(decodeBundle(signedBytes));
    await this.#store.publish(signedBytes);
    await this.#store.noteFromFolder(revision);
    await this.#record({ revision, digest: bundle.digest, entrypoints: bundle.manifest.entrypoints });
    return { revision, digest: bundle.digest, changed: true, tests };
  }

  /** Records what somebody else has put in force. @returns what that is, if anything usable. */
  async noticed(): Promise<BundleName | undefined> {
    const stored = await this.#stored();
    if (stored !== undefined) await this.#record(stored);
    return stored;
  }

  /** What the store holds; `undefined` where that is nothing, or nothing that an enforcement point would take. */
  async #stored(): Promise<(BundleName & { readonly keyids: readonly string[] }) | undefined> {
    try {
      const bytes = await this.#store.current();
      if (bytes === undefined) return undefined;
      const { manifest, digest, signatures } = decodeBundle(bytes);
      const keyids = signatures.map((each) => each.keyid);
      return { revision: manifest.revision, digest, entrypoints: manifest.entrypoints, keyids };
    } catch (fault) {
      // Damaged, as the store itself or the bundle's digest says: publishing again is the cure.
      if (DAMAGED.some((code) => hasCode(fault, code))) return undefined;
      throw fault;
    }
  }

  async #record({ revision, digest, entrypoints }: BundleName): Promise<void> {
    const bundle = { revision, digest, entrypoints };
    const boundary = serviceBoundary(SEAL.tenant, SEAL.session, SEAL.source);
    await this.#decisions.decide({ boundary, seal: SEAL, command: () => ({ type: 'record-bundle', ...bundle }) });
  }
}
