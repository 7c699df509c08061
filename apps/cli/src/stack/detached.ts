import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { PublicError } from '@voorman/envelope';
import { EXIT, StartFailedError, ToldError } from '../errors.js';
import { told } from '../output/fault.js';
import { type DataFolder, prepareDataFolder, ROOT, unusable } from './data-folder.js';
import { Interrupted, runSupervisor } from './foreground.js';
import type { SupervisorOptions } from './supervisor.js';

type News =
  | { readonly line: string }
  | { readonly ready: true }
  | { readonly fault: PublicError & { readonly exitCode: number } };

/**
 * Starts a supervisor that outlives this process; resolves when its stack is up. What it says comes through `say` until
 * then, and goes to logs/supervisor.log all the time. Ctrl-C meanwhile ends the half-started stack.
 * @throws {CommandError} as the supervisor told it.
 */
export async function superviseDetached(
  options: Omit<SupervisorOptions, 'say'>,
  say: (line: string) => void,
): Promise<void> {
  await prepareDataFolder(options.data);
  const child = launch(options);
  const onSignal = (): void => {
    child.kill('SIGTERM');
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    await new Promise<void>((resolve, reject) => {
      child.on('message', (news: News) => {
        if ('line' in news) say(news.line);
        else if ('ready' in news) resolve();
        else reject(new ToldError(news.fault));
      });
      child.once('error', reject);
      child.once('close', (code) =>
        reject(
          new StartFailedError(
            `The supervisor ended before the stack was up (code ${code}).`,
            options.data.supervisorLog,
          ),
        ),
      );
    });
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    if (child.connected) child.disconnect();
    child.unref();
  }
}

function launch({ data, registry, relaxed, tls }: Omit<SupervisorOptions, 'say'>): ChildProcess {
  const log = openLog(data);
  try {
    const args = ['supervise', '--data', data.path];
    for (const folder of registry) args.push('--registry', folder);
    if (relaxed) args.push('--relaxed');
    if (tls) args.push('--tls');
    return spawn(process.execPath, [join(ROOT, 'apps', 'cli', 'dist', 'main.js'), ...args], {
      detached: true,
      cwd: ROOT,
      stdio: ['ignore', log, log, 'ipc'],
    });
  } finally {
    closeSync(log);
  }
}

/** @throws {DataFolderError} */
function openLog(data: DataFolder): number {
  try {
    return openSync(data.supervisorLog, 'a', 0o600);
  } catch (fault) {
    throw unusable(data, fault);
  }
}

/** The other side: supervises in this process and tells whoever launched it, as long as that one listens. */
export async function superviseForLauncher(options: Omit<SupervisorOptions, 'say'>): Promise<number> {
  const tell = (news: News): void => {
    if (process.connected) process.send?.(news, () => undefined);
  };
  const note = (line: string): void => {
    process.stdout.write(`${new Date().toISOString()} ${line}\n`);
  };
  const say = (line: string): void => {
    note(line);
    tell({ line });
  };
  // Nobody has to listen any longer once the stack is up.
  process.on('disconnect', () => undefined);
  try {
    return await runSupervisor(options, say, async () => {
      tell({ ready: true });
      return undefined;
    });
  } catch (fault) {
    if (fault instanceof Interrupted) return EXIT.interrupted;
    const seen = told(fault);
    note(`${seen.message} ${seen.next}`);
    tell({ fault: seen });
    return seen.exitCode;
  }
}
