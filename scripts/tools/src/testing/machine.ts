import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocatedTool, type LocateOptions, locateTool } from '../locate.ts';
import type { ToolName } from '../pins.ts';

/** A machine of a test: its PATH is one folder that holds only the programs which the test puts there. */
export class Machine {
  readonly folder = mkdtempSync(join(tmpdir(), 'voorman-tools-'));
  readonly cacheFolder = join(this.folder, 'cache');
  readonly reports: string[] = [];
  env: NodeJS.ProcessEnv = { PATH: join(this.folder, 'path'), HOME: this.folder };

  /** Puts a shell script on the PATH; each run of it leaves a line in `runs`. */
  install(name: string, script: string, folder = 'path'): string {
    const path = join(this.folder, folder, name);
    mkdirSync(join(this.folder, folder), { recursive: true });
    writeFileSync(
      path,
      ['#!/bin/sh', 'PATH=/usr/bin:/bin', `echo "${name} $*" >> "${this.#runsFile}"`, script, ''].join('\n'),
    );
    chmodSync(path, 0o755);
    return path;
  }

  locate(name: ToolName, more: LocateOptions = {}): Promise<LocatedTool> {
    const report = (line: string): void => void this.reports.push(line);
    return locateTool(name, { env: this.env, cacheFolder: this.cacheFolder, report, ...more });
  }

  /** What ran, in order. */
  get runs(): string[] {
    return existsSync(this.#runsFile) ? readFileSync(this.#runsFile, 'utf8').trimEnd().split('\n') : [];
  }

  /** The folders that the cache holds for a tool, finished and unfinished. */
  cached(name: string): string[] {
    const parent = join(this.cacheFolder, name);
    return existsSync(parent) ? readdirSync(parent) : [];
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  get #runsFile(): string {
    return join(this.folder, 'runs');
  }
}

/** A python3 whose pip installs a program that prints what `prints` says. */
export const pipThatInstalls = (program: string, prints: string, slowness = ''): string => `
case "$*" in *--version) exit 0 ;; esac
while [ "$1" != --target ]; do shift; done
mkdir -p "$2/$(dirname ${program})"; ${slowness}
cat > "$2/${program}" <<'PROGRAM'
#!/bin/sh
PATH=/usr/bin:/bin
${prints}
PROGRAM
chmod +x "$2/${program}"`;

/** A Go of some version whose \`install\` leaves a program of that name in GOBIN. */
export const goThatBuilds = (version: string, name: string): string => `
case "$1" in version) echo "go version go${version} linux/amd64"; exit 0 ;; esac
mkdir -p "$GOBIN"; printf '#!/bin/sh\\nexit 0\\n' > "$GOBIN/${name}"; chmod +x "$GOBIN/${name}"`;
