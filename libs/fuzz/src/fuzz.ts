import type { JsonObject } from '@voorman/envelope';
import type { Executed, ToolExecutor } from '@voorman/executors';
import type { CompiledTool, LoadedTool } from '@voorman/registry';
import fc from 'fast-check';
import { brokenBy, type Sort } from './broken.js';
import { mutated } from './mutations.js';
import { type FoundFailure, nameOf, Outcomes } from './outcomes.js';
import type { Failure, FuzzReport } from './report.js';
import { valuesOf } from './schema-values.js';
import { smaller } from './smaller.js';

/** How much is tried, and how hard a failure is made smaller. */
export interface FuzzOptions {
  /** Inputs to try. */
  readonly count: number;
  /** Equal seeds, equal inputs. */
  readonly seed: number;
  /** Inputs under way at once. Default 16. */
  readonly parallel?: number;
  /** Steps that a shrinking may take for each kind of failure. Default 400. */
  readonly shrinkSteps?: number;
  /** How long it may take for each, in milliseconds: what hangs, hangs at every step. Default 30,000. */
  readonly shrinkMs?: number;
  /** Hears after each input how many were tried. */
  readonly progress?: (tried: number) => void;
  readonly signal?: AbortSignal;
}

interface Case {
  readonly sort: Sort;
  readonly input: JsonObject;
}

/**
 * Sends generated inputs straight to a tool, past the gateway's own check of arguments: half of them valid, on and
 * beside the bounds of its schema, half of them bent. A tool that refuses an input in words did well; one that crashes,
 * hangs, answers with a server's error, or breaks its own output schema did not.
 * @throws what `executor.execute` throws: our own fault, not the tool's.
 */
export async function fuzz(
  tool: CompiledTool<LoadedTool>,
  executor: ToolExecutor,
  options: FuzzOptions,
): Promise<FuzzReport> {
  const { count, seed, parallel = 16, progress, signal } = options;
  const inputs = fc.sample(casesOf(tool), { numRuns: count, seed });
  const outcomes = new Outcomes();
  let next = 0;
  const began = performance.now();
  const work = async (): Promise<void> => {
    for (;;) {
      const index = next++;
      const given = inputs[index];
      if (given === undefined || signal?.aborted) return;
      const result = await attempt(tool, executor, given.input);
      outcomes.take(result, brokenBy(tool, result, given.sort), given.sort, index);
      progress?.(outcomes.tried);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  const seconds = (performance.now() - began) / 1_000;
  const failures: Failure[] = [];
  for (const failure of outcomes.failures) {
    const first = inputs[failure.index]?.input ?? {};
    failures.push({ ...failure, ...(await smallestOf(failure, first, tool, executor, options)) });
  }
  const { name, version } = tool.manifest;
  const { tried, accepted, refusals } = outcomes;
  return {
    tool: name,
    version,
    seed,
    tried,
    accepted,
    refused: refusals.reduce((sum, { times }) => sum + times, 0),
    perSecond: Math.round(tried / Math.max(seconds, 0.001)),
    failures,
    refusals,
  };
}

/** Whether the input that showed a failure shows it again, and the smallest one that does. */
async function smallestOf(
  failure: FoundFailure,
  first: JsonObject,
  tool: CompiledTool<LoadedTool>,
  executor: ToolExecutor,
  { shrinkSteps = 400, shrinkMs = 30_000, signal }: FuzzOptions,
): Promise<Pick<Failure, 'smallest' | 'repeats'>> {
  const fails = async (input: JsonObject): Promise<boolean> => {
    // What was valid stays valid: another fault than the one that was found would be of less use.
    if (failure.sort === 'valid' && tool.checkArguments(input) !== undefined) return false;
    const broken = brokenBy(tool, await attempt(tool, executor, input), failure.sort);
    return broken !== undefined && nameOf(broken) === nameOf(failure);
  };
  if (signal?.aborted === true || !(await fails(first))) return { smallest: first, repeats: false };
  const limits = { steps: shrinkSteps, deadline: performance.now() + shrinkMs };
  return { smallest: await shrunk(first, fails, limits), repeats: true };
}

function casesOf(tool: CompiledTool<LoadedTool>): fc.Arbitrary<Case> {
  const properties = (tool.inputSchema.properties ?? {}) as Record<string, unknown>;
  const all = valuesOf(tool.inputSchema);
  const valid = all.filter((input) => tool.checkArguments(input) === undefined);
  return fc.oneof(
    valid.map((input): Case => ({ sort: 'valid', input: input as JsonObject })),
    mutated(all, Object.keys(properties)).map((input): Case => ({ sort: 'mutated', input: input as JsonObject })),
  );
}

const attempt = (tool: CompiledTool<LoadedTool>, executor: ToolExecutor, input: JsonObject): Promise<Executed> =>
  executor.execute({
    tool,
    arguments: input,
    key: `fuzz-${Math.random().toString(36).slice(2)}`,
    attempt: 1,
    caller: { tenant: 'default', session: 'fuzz', agent: 'fuzz' },
    signal: AbortSignal.timeout(tool.manifest.timeout_ms + 5_000),
  });

/** The smallest input that still fails, as far as steps and time reach. */
async function shrunk(
  first: JsonObject,
  fails: (input: JsonObject) => Promise<boolean>,
  limits: { readonly steps: number; readonly deadline: number },
): Promise<JsonObject> {
  let smallest = first;
  let steps = 0;
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const candidate of smaller(smallest)) {
      if (steps++ >= limits.steps || performance.now() > limits.deadline) return smallest;
      if (!(await fails(candidate as JsonObject))) continue;
      smallest = candidate as JsonObject;
      isSmaller = true;
      break;
    }
  }
  return smallest;
}
