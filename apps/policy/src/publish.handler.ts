import { hasCode, serviceBoundary } from '@voorman/envelope';
import { Decisions } from '@voorman/log';
import { decodeBundle, POLICY_BUNDLE } from '@voorman/policy';
import { compileBundle, type PolicySources, revisionOf } from '@voorman/policy/authoring';
import { type Publication, type PublicationCommand, publication } from './domain/publication.js';
import type { PublishPorts } from './ports.js';

/** The name under which this service writes. */
export const POLICY = 'policy';

/** Publications belong to no tenant's session: they have one of their own. */
const SEAL = { source: POLICY, tenant: 'system', session: POLICY, task: 'bundle', ttlSeconds: 1 } as const;

/** What came of an attempt to publish. */
export interface Published {
  readonly revision: string;
  readonly digest: string;
  /** False where the store already held this revision. */
  readonly changed: boolean;
  /** How many tests passed; absent where nothing had to be compiled. */
  readonly tests?: number;
}

const DAMAGED = ['log/payload-corrupt', 'log/payload-missing', 'policy/bundle-rejected'];

type BundleName = Omit<PublicationCommand, 'type'>;

/** Compile, test, store, record. Whatever fails before storing leaves everything as it was. */
export class PublishHandler {
  readonly #decisions: Decisions<Publication, PublicationCommand>;

  constructor(private readonly ports: PublishPorts) {
    this.#decisions = new Decisions(ports.log, publication, ports.clock, ports.ids);
  }

  /**
   * Publishes these sources, if they are not what is published.
   * @throws {PolicyRejectedError} a rule does not compile or a test fails.
   * @throws {CompilerFaultError} the compiler failed. @throws what `Bundles` and `Log` throw.
   */
  async publish(sources: PolicySources): Promise<Published> {
    const stored = await this.#stored();
    if (stored?.revision === revisionOf(sources, this.ports.compiler)) {
      // After a death between storing and recording, the record is still to be written.
      await this.#record(stored);
      return { revision: stored.revision, digest: stored.digest, changed: false };
    }
    const { bytes, bundle, tests } = await compileBundle(sources, this.ports.compiler, this.ports.clock.nowMs());
    await this.ports.bundles.put(POLICY_BUNDLE, bytes);
    const { revision, entrypoints } = bundle.manifest;
    await this.#record({ revision, digest: bundle.digest, entrypoints });
    return { revision, digest: bundle.digest, changed: true, tests };
  }

  /** What the store holds; `undefined` where that is nothing, or nothing that an enforcement point would take. */
  async #stored(): Promise<BundleName | undefined> {
    try {
      const bytes = await this.ports.bundles.get(POLICY_BUNDLE);
      if (bytes === undefined) return undefined;
      const { manifest, digest } = decodeBundle(bytes);
      return { revision: manifest.revision, digest, entrypoints: manifest.entrypoints };
    } catch (fault) {
      // Damaged, as the store itself or the bundle's digest says: publishing again is the cure.
      if (DAMAGED.some((code) => hasCode(fault, code))) return undefined;
      throw fault;
    }
  }

  async #record(bundle: BundleName): Promise<void> {
    const boundary = serviceBoundary(SEAL.tenant, SEAL.session, SEAL.source);
    await this.#decisions.decide({ boundary, seal: SEAL, command: () => ({ type: 'record-bundle', ...bundle }) });
  }
}
