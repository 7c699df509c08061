import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { locateTool } from '@voorman/tools';
import { parseTarGzip } from 'nanotar';
import type { PolicySources } from '../domain/sources.js';
import { CompilerFaultError, PolicyRejectedError } from '../errors.js';
import type { PolicyCompiler, Program } from '../ports.js';
import { readCheckReport, readComplaint, readTestReport } from './opa-report.js';

export interface OpaOptions {
  /** The `opa` program. Default: `VOORMAN_OPA`, PATH, or the project's own tool cache, which fetches it if need be. */
  readonly opa?: string;
  /** Where a snapshot of the sources lies while they are compiled. Default: the system's temporary folder. */
  readonly scratchDir?: string;
  /** After this one step of the compiler is given up. Milliseconds. */
  readonly timeoutMs?: number;
}

interface Ended {
  /** `undefined` where the program did not end by itself. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;
const RULES = 'policy';
const DATA = 'data.json';
const ARCHIVE = 'bundle.tar.gz';

/** The `opa` command: checks strictly, runs the tests over the real registry, and compiles to WebAssembly. */
export class OpaCommand implements PolicyCompiler {
  private constructor(
    private readonly path: string,
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
  async compile(sources: PolicySources): Promise<Program> {
    const data = new TextEncoder().encode(JSON.stringify({ registry: sources.registry }));
    await mkdir(this.scratchDir, { recursive: true });
    const folder = await mkdtemp(join(this.scratchDir, 'voorman-policy-'));
    try {
      await writeFile(join(folder, DATA), data);
      for (const file of sources.files) {
        const path = join(folder, RULES, file.path);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, file.text);
      }
      await this.#check(folder);
      const tests = await this.#test(folder);
      return { wasm: await this.#build(folder, sources.entrypoints), data, tests };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #check(folder: string): Promise<void> {
    const ended = await this.#run(folder, ['check', '--strict', '--format', 'json', RULES]);
    if (ended.code === 0) return;
    const problems = readCheckReport(ended.stderr);
    if (problems === undefined || problems.length === 0) throw faultOf('check', ended);
    throw new PolicyRejectedError(problems.map(withoutFolder));
  }

  async #test(folder: string): Promise<number> {
    const ended = await this.#run(folder, ['test', '--format', 'json', RULES, DATA]);
    const result = readTestReport(ended.stdout);
    if (result === undefined) throw rejectionOf('test', ended);
    if (result.failures.length > 0) throw new PolicyRejectedError(result.failures.map(withoutFolder));
    if (ended.code !== 0) throw faultOf('test', ended);
    return result.passed;
  }

  async #build(folder: string, entrypoints: readonly string[]): Promise<Uint8Array> {
    const named = entrypoints.flatMap((entrypoint) => ['-e', entrypoint]);
    const ended = await this.#run(folder, [
      ...['build', '-t', 'wasm', '--ignore', '*_test.rego', '-o', ARCHIVE],
      ...named,
      RULES,
    ]);
    if (ended.code !== 0) throw rejectionOf('build', ended);
    const files = await parseTarGzip(await readFile(join(folder, ARCHIVE)));
    const program = files.find((file) => file.name === 'policy.wasm' || file.name === '/policy.wasm')?.data;
    if (program === undefined) throw new CompilerFaultError('opa build left no policy.wasm in its archive');
    return program;
  }

  #run(folder: string, args: readonly string[]): Promise<Ended> {
    // A rule under test can read the compiler's environment: there is nothing of ours in it.
    const env = { PATH: process.env.PATH };
    const limits = { timeout: this.timeoutMs, maxBuffer: MAX_OUTPUT_BYTES };
    const options = { cwd: folder, env, encoding: 'utf8', ...limits } as const;
    return new Promise((resolve, reject) => {
      execFile(this.path, args, options, (fault, stdout, stderr) => {
        if (fault === null) return resolve({ code: 0, stdout, stderr });
        if (typeof fault.code === 'string') {
          return reject(new CompilerFaultError(`opa ${args[0]} cannot be run (${fault.code})`, { cause: fault }));
        }
        resolve({ code: fault.killed === true ? undefined : (fault.code ?? undefined), stdout, stderr });
      });
    });
  }
}

/** The compiler said what is wrong with the rules; where it said nothing, the fault is its own. */
function rejectionOf(step: string, ended: Ended): PolicyRejectedError | CompilerFaultError {
  const complaint = complaintOf(ended);
  if (ended.code === undefined || complaint === '') return faultOf(step, ended);
  return new PolicyRejectedError([withoutFolder(`${complaint}.`)]);
}

const faultOf = (step: string, ended: Ended): CompilerFaultError =>
  new CompilerFaultError(
    ended.code === undefined
      ? `opa ${step} was stopped before it ended`
      : `opa ${step} ended with ${ended.code}: ${complaintOf(ended) || 'it gave no reason'}`,
  );

/** `opa test` complains on standard error, `opa build` on standard output. */
const complaintOf = (ended: Ended): string => readComplaint(ended.stderr) || readComplaint(ended.stdout);

/** The reader knows the policy folder, not the snapshot. */
const withoutFolder = (sentence: string): string => sentence.replace(`${RULES}/`, '');
