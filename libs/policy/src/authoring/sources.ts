import { canonical, type JsonObject } from '@voorman/envelope';
import type { Entrypoint } from '../entrypoint.js';
import type { RegistryData } from './registry-data.js';

/** One Rego file, named by its path inside the policy folder. */
export interface PolicyFile {
  readonly path: string;
  readonly text: string;
}

/** Everything that a bundle is made of, read at one moment. */
export interface PolicySources {
  readonly files: readonly PolicyFile[];
  /** The data documents beside the rules, merged: `data` in Rego, but for `data.registry`. */
  readonly data: JsonObject;
  /** The rules that answer. */
  readonly entrypoints: readonly Entrypoint[];
  /** The rule that says whom each bot may address on the bus. */
  readonly permissions?: string;
  readonly registry: RegistryData;
}

/**
 * One text for all that a bundle depends on: equal texts, nothing to publish. Tests are in it: a revision also stands for
 * what it was proved by, and an edited test is run.
 */
export const identityOf = (sources: PolicySources): string =>
  JSON.stringify(canonical({ ...sources, files: textsOf(sources) }));

/** What is different, in words for an operator; nothing where it is the same. */
export function changesBetween(before: PolicySources, after: PolicySources): string[] {
  return [
    ...differences('file', textsOf(before), textsOf(after)),
    ...differences('agent', before.registry.agents, after.registry.agents),
    ...differences('tool', before.registry.tools, after.registry.tools),
    ...differences('data', before.data, after.data),
    ...(isSame(namedIn(before), namedIn(after)) ? [] : ['the entry points changed']),
  ];
}

const namedIn = ({ entrypoints, permissions }: PolicySources) => ({ entrypoints, permissions: permissions ?? '' });

const textsOf = (sources: PolicySources): Record<string, string> =>
  Object.fromEntries(sources.files.map((file) => [file.path, file.text]));

function differences(
  kind: string,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    if (!Object.hasOwn(before, name)) return [`${kind} ${name} is new`];
    if (!Object.hasOwn(after, name)) return [`${kind} ${name} is gone`];
    return isSame(before[name], after[name]) ? [] : [`${kind} ${name} changed`];
  });
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));
