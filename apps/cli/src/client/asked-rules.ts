import { decodeBundle, type Entrypoint, PolicyStore, speaksFor } from '@voorman/policy';
import type { Client } from './connection.js';
import { publications } from './decision-history.js';
import type { LoggedDecision } from './decisions.js';

type Question = Pick<LoggedDecision, 'action' | 'tool' | 'bundle'>;

/** Which rules of its bundle were asked for a decision. */
export class AskedRules {
  /** By revision. */
  readonly #entrypoints: ReadonlyMap<string, readonly Entrypoint[]>;

  constructor(entrypoints: ReadonlyMap<string, readonly Entrypoint[]>) {
    this.#entrypoints = entrypoints;
  }

  /** Of a bundle that is not kept any more, only the names are known: each of its rules counts as asked. */
  static async of({ bus }: Client): Promise<AskedRules> {
    const store = new PolicyStore(bus.bundles);
    const kept = new Set((await store.revisions()).map(({ revision }) => revision));
    const known = new Map<string, readonly Entrypoint[]>();
    for (const { revision, entrypoints } of await publications(bus.log)) {
      if (known.has(revision)) continue;
      const bytes = kept.has(revision) ? await store.get(revision) : undefined;
      known.set(
        revision,
        bytes === undefined ? entrypoints.map((rule) => ({ rule })) : decodeBundle(bytes).entrypoints,
      );
    }
    return new AskedRules(known);
  }

  /** As package/rule; none where nothing is known of the bundle. */
  about({ action, tool, bundle }: Question): string[] {
    const question = { action, ...(tool === null ? {} : { tool_name: tool }) } as Parameters<typeof speaksFor>[1];
    return (this.#entrypoints.get(bundle) ?? []).filter((each) => speaksFor(each, question)).map(({ rule }) => rule);
  }
}
