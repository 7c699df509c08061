import { createHash } from 'node:crypto';
import { parseIndex, REGISTRY_INDEX, type RegistrySource } from '@voorman/distribution';
import { serviceBoundary } from '@voorman/envelope';
import { type Clock, Decisions, type Ids, type Log } from '@voorman/log';
import {
  type RegistryPublication,
  type RegistryPublicationCommand,
  registryPublication,
} from './domain/registry-publication.js';

/** Publications of tools belong to no tenant's session: they have one of their own. */
const SEAL = { source: 'policy', tenant: 'system', session: 'registry', task: 'index', ttlSeconds: 1 } as const;

/** What recording needs of the world. */
export interface RegistryJournalPorts {
  readonly log: Log;
  readonly bundles: RegistrySource;
  readonly clock: Clock;
  readonly ids: Ids;
}

/**
 * Puts on record which tools new sessions begin with, whoever published them. Whether a tool may be used each gateway
 * judges for itself.
 */
export class RegistryJournal {
  readonly #decisions: Decisions<RegistryPublication, RegistryPublicationCommand>;

  constructor(private readonly ports: RegistryJournalPorts) {
    this.#decisions = new Decisions(ports.log, registryPublication, ports.clock, ports.ids);
  }

  /** Records the index that is published, unless the log names it already. @throws {UnusableIndexError} it is none. */
  async look(): Promise<void> {
    const bytes = await this.ports.bundles.get(REGISTRY_INDEX);
    if (bytes === undefined) return;
    const { revision, tools, published_by: publishedBy } = parseIndex(bytes);
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    const boundary = serviceBoundary(SEAL.tenant, SEAL.session, SEAL.source);
    const command = (): RegistryPublicationCommand => ({
      type: 'record-registry',
      revision,
      digest,
      tools,
      publishedBy,
    });
    await this.#decisions.decide({ boundary, seal: SEAL, command });
  }

  /** Looks now and whenever another index is announced. @param failed hears why one could not be recorded. */
  follow(failed: (fault: unknown) => void): () => void {
    const look = (): void => void this.look().catch(failed);
    look();
    return this.ports.bundles.watch((name) => {
      if (name === REGISTRY_INDEX) look();
    });
  }
}
