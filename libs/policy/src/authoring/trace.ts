import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Bundle } from '../bundle.js';
import { sourcesOf } from '../bundle-sources.js';
import { speaksFor } from '../entrypoint.js';
import type { PolicyInput } from '../policy-input.js';
import { manifestOf } from './opa-command.js';
import { RULES, rejectionOf, runOpa, withoutFolder } from './opa-process.js';

/** How much of an evaluation is told: every step, only what failed, or only what the rules say of themselves by `trace`. */
export const TRACE_MODES = ['full', 'fails', 'notes'] as const;
export type TraceMode = (typeof TRACE_MODES)[number];

/** How one rule came to its value. */
export interface Trace {
  readonly rule: string;
  /** The steps as `opa eval --explain` prints them, and the value after them. */
  readonly text: string;
}

const TIMEOUT_MS = 30_000;

/**
 * Evaluates a question once more by the rules that a bundle was compiled from, and tells each step.
 * @param opa the `opa` program.
 * @throws {BundleRejectedError} the bundle does not hold its rules. @throws {PolicyRejectedError} they cannot be evaluated.
 * @throws {CompilerFaultError} the program failed.
 */
export async function traceDecision(
  opa: string,
  bundle: Bundle,
  input: PolicyInput,
  mode: TraceMode,
): Promise<Trace[]> {
  const { files } = sourcesOf(bundle);
  const folder = await mkdtemp(join(tmpdir(), 'voorman-trace-'));
  try {
    for (const file of files) {
      const path = join(folder, RULES, file.path);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, file.text);
    }
    await writeFile(join(folder, RULES, 'data.json'), bundle.data);
    await writeFile(join(folder, RULES, '.manifest'), JSON.stringify(manifestOf(files, bundle.manifest.revision)));
    await writeFile(join(folder, 'input.json'), JSON.stringify(input));
    const traces: Trace[] = [];
    for (const { rule } of bundle.entrypoints.filter((each) => speaksFor(each, input))) {
      const query = `data.${rule.replaceAll('/', '.')}`;
      const args = ['eval', '--bundle', RULES, '--input', 'input.json', '--explain', mode, '--format', 'pretty', query];
      const ended = await runOpa(opa, folder, args, { timeoutMs: TIMEOUT_MS });
      if (ended.code !== 0) throw rejectionOf('eval', ended);
      traces.push({ rule, text: withoutFolder(ended.stdout).trimEnd() });
    }
    return traces;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
