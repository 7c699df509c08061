import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { locateTool } from '@voorman/tools';
import { parseTarGzip } from 'nanotar';
import { z } from 'zod';
import type { BundleSources } from '../bundle-sources.js';
import { type BusTargets, targetsIn } from '../bus-targets.js';
import { CompilerFaultError, PolicyRejectedError } from './errors.js';
import { type Ended, faultOf, RULES, rejectionOf, runOpa, withoutFolder } from './opa-process.js';
import { problemSentence, readCheckReport, readTestReport } from './opa-report.js';
import type { PolicyCompiler, Program } from './ports.js';
import { type SyntaxOf, syntaxOf } from './rego-syntax.js';
import { sidecarModules } from './sidecar-modules.js';
import type { PolicySources } from './sources.js';

/** Which `opa` compiles, where, and for how long. */
export interface OpaOptions {
  /** The `opa` program. Default: `VOORMAN_OPA`, PATH, or the project's own tool cache, which fetches it if need be. */
  readonly opa?: string;
  /** Where a snapshot of the sources lies while they are compiled. Default: the system's temporary folder. */
  readonly scratchDir?: string;
  /** After this one step of the compiler is given up. Milliseconds. */
  readonly timeoutMs?: number;
}

const Evaluation = z.object({ result: z.array(z.object({ expressions: z.array(z.object({ value: z.unknown() })) })) });

const ARCHIVE = 'bundle.tar.gz';

/** The `opa` command: checks strictly, runs the tests over the real registry, and compiles to WebAssembly. */
export class OpaCommand implements PolicyCompiler {
  private constructor(
    readonly path: string,
    readonly name: string,
    private readonly scratchDir: string,
    private readonly timeoutMs: number,
  ) {}

  /** @throws {ToolUnavailableError} there is no `opa` and none could be fetched. @throws {ToolSettingError} the named one cannot be used. */
  static async locate(options: OpaOptions = {}): Promise<OpaCommand> {
    const env = options.opa === undefined ? process.env : { ...process.env, VOORMAN_OPA: options.opa };
    const { path, version } = await locateTool('opa', { env });
    return new OpaCommand(path, `opa ${version}`, options.scratchDir ?? tmpdir(), options.timeoutMs ?? 60_000);
  }

  /** Works on a snapshot: what is being edited meanwhile is compiled next time, never half. */
  compile(sources: PolicySources, revision: string): Promise<Program> {
    return this.#inSnapshot(sources, revision, async (folder, syntaxes, data) => {
      await this.#check(folder, syntaxes);
      const tests = await this.#test(folder);
      const wasm = await this.#build(folder, sources);
      const rules = sources.files.filter((file) => !file.path.endsWith('_test.rego'));
      const written = new Map(syntaxes.map((each) => [each.path, each.rego]));
      const limits = { timeoutMs: this.timeoutMs };
      const sidecar = await sidecarModules(this.path, folder, rules, syntaxes, sources.entrypoints, revision, limits);
      const compiledFrom: BundleSources = {
        files: rules.map(({ path, text }) => ({ path, text, rego: written.get(path) ?? 1 })),
        ...(sidecar === undefined ? {} : { sidecar }),
      };
      return { wasm, data, sources: encoded(compiledFrom), tests };
    });
  }

  /**
   * Runs the tests alone.
   * @throws {PolicyRejectedError} the rules do not compile. @throws {CompilerFaultError}
   */
  test(sources: PolicySources): Promise<{ readonly passed: number; readonly failures: readonly string[] }> {
    return this.#inSnapshot(sources, 'test', async (folder) => {
      const ended = await this.#run(folder, ['test', '--format', 'json', '--bundle', RULES]);
      const result = readTestReport(ended.stdout);
      if (result === undefined) throw rejectionOf('test', ended);
      return { passed: result.passed, failures: result.failures.map(withoutFolder) };
    });
  }

  /**
   * Whom a policy lets each bot address, without compiling it; `undefined` where it says nothing about that.
   * @throws {PolicyRejectedError} it cannot be evaluated. @throws {BundleRejectedError} its answer is none.
   */
  busTargets(sources: PolicySources): Promise<BusTargets | undefined> {
    const { permissions: rule } = sources;
    if (rule === undefined) return Promise.resolve(undefined);
    return this.#inSnapshot(sources, 'permissions', async (folder) => {
      const query = `data.${rule.replaceAll('/', '.')}`;
      const ended = await this.#run(folder, ['eval', '--bundle', RULES, '--format', 'json', query]);
      if (ended.code !== 0) throw rejectionOf('eval', ended);
      const found = Evaluation.safeParse(JSON.parse(ended.stdout));
      return targetsIn(rule, found.data?.result[0]?.expressions[0]?.value);
    });
  }

  async #inSnapshot<Result>(
    sources: PolicySources,
    revision: string,
    work: (folder: string, syntaxes: readonly SyntaxOf[], data: Uint8Array) => Promise<Result>,
  ): Promise<Result> {
    const data = encoded({ ...sources.data, registry: sources.registry });
    await mkdir(this.scratchDir, { recursive: true });
    const folder = await mkdtemp(join(this.scratchDir, 'voorman-policy-'));
    try {
      for (const file of sources.files) {
        const path = join(folder, RULES, file.path);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, file.text);
      }
      const syntaxes = await syntaxOf(this.path, folder, sources.files, { timeoutMs: this.timeoutMs });
      await writeFile(join(folder, RULES, 'data.json'), data);
      await writeFile(join(folder, RULES, '.manifest'), JSON.stringify(manifestOf(syntaxes, revision)));
      return await work(folder, syntaxes, data);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Strictly where a file is written in Rego 1.0; files of before it are taken as they are. */
  async #check(folder: string, syntaxes: readonly SyntaxOf[]): Promise<void> {
    const ended = await this.#run(folder, ['check', '--strict', '--format', 'json', '--bundle', RULES]);
    if (ended.code === 0) return;
    const problems = readCheckReport(ended.stderr);
    if (problems === undefined || problems.length === 0) throw rejectionOf('check', ended);
    const old = new Set(syntaxes.filter((each) => each.rego === 0).map((each) => `${RULES}/${each.path}`));
    const strict = problems.filter((each) => each.location === undefined || !old.has(each.location.file));
    if (strict.length > 0) throw new PolicyRejectedError(strict.map((each) => withoutFolder(problemSentence(each))));
    const lenient = await this.#run(folder, ['check', '--format', 'json', '--bundle', RULES]);
    if (lenient.code === 0) return;
    const left = readCheckReport(lenient.stderr) ?? problems;
    throw new PolicyRejectedError(left.map((each) => withoutFolder(problemSentence(each))));
  }

  async #test(folder: string): Promise<number> {
    const ended = await this.#run(folder, ['test', '--format', 'json', '--bundle', RULES]);
    const result = readTestReport(ended.stdout);
    if (result === undefined) throw rejectionOf('test', ended);
    if (result.failures.length > 0) throw new PolicyRejectedError(result.failures.map(withoutFolder));
    if (ended.code !== 0) throw faultOf('test', ended);
    return result.passed;
  }

  async #build(folder: string, { entrypoints, permissions }: PolicySources): Promise<Uint8Array> {
    const rules = [...new Set([...entrypoints.map((each) => each.rule), ...(permissions ? [permissions] : [])])];
    const ended = await this.#run(folder, [
      ...['build', '-t', 'wasm', '--ignore', '*_test.rego', '-o', ARCHIVE],
      ...rules.flatMap((rule) => ['-e', rule]),
      ...['--bundle', RULES],
    ]);
    if (ended.code !== 0) throw rejectionOf('build', ended);
    const files = await parseTarGzip(await readFile(join(folder, ARCHIVE)));
    const program = files.find((file) => file.name === 'policy.wasm' || file.name === '/policy.wasm')?.data;
    if (program === undefined) throw new CompilerFaultError('opa build left no policy.wasm in its archive');
    return program;
  }

  #run(folder: string, args: readonly string[]): Promise<Ended> {
    return runOpa(this.path, folder, args, { timeoutMs: this.timeoutMs });
  }
}

/** What the compiler reads of a bundle: which files are written in the older syntax. */
export const manifestOf = (syntaxes: readonly SyntaxOf[], revision: string) => ({
  revision,
  roots: [''],
  rego_version: 1,
  file_rego_versions: Object.fromEntries(
    syntaxes.filter((each) => each.rego === 0).map((each) => [`/${each.path}`, each.rego]),
  ),
});

const encoded = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
