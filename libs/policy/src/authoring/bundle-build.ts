import { createHash } from 'node:crypto';
import { type Bundle, decodeBundle, encodeBundle } from '../bundle.js';
import { PolicyRejectedError } from './errors.js';
import type { PolicyCompiler } from './ports.js';
import { identityOf, type PolicySources } from './sources.js';
import { tryOut } from './trial.js';

/** What these sources are called when this compiler compiles them: another one may make something else of them. 16 hexadecimal characters. */
export const revisionOf = (sources: PolicySources, compiler: PolicyCompiler): string =>
  createHash('sha256').update(compiler.name).update('\0').update(identityOf(sources)).digest('hex').slice(0, 16);

/** A bundle that was compiled, tested and loaded once. `tests` counts those that passed. */
export interface BuiltBundle {
  readonly bytes: Uint8Array;
  readonly bundle: Bundle;
  readonly tests: number;
}

/**
 * Compiles and tests sources and packs them into a bundle, which is then loaded as an enforcement
 * point would load it, and asked what it will be asked.
 * @throws {PolicyRejectedError} @throws {CompilerFaultError}
 */
export async function compileBundle(
  sources: PolicySources,
  compiler: PolicyCompiler,
  createdAtMs: number,
): Promise<BuiltBundle> {
  const revision = revisionOf(sources, compiler);
  const { tests, ...parts } = await compiler.compile(sources, revision);
  const bytes = encodeBundle({
    ...parts,
    revision,
    createdAt: new Date(createdAtMs).toISOString(),
    compiler: compiler.name,
    entrypoints: sources.entrypoints,
    ...(sources.permissions === undefined ? {} : { permissions: sources.permissions }),
  });
  let problems: readonly string[];
  try {
    problems = await tryOut(bytes, sources.registry);
  } catch (cause) {
    throw new PolicyRejectedError([cause instanceof Error ? cause.message : 'The engine cannot load it.'], { cause });
  }
  if (problems.length > 0) throw new PolicyRejectedError(problems);
  return { bytes, bundle: decodeBundle(bytes), tests };
}
