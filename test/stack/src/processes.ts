import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Token } from '@voorman/envelope';
import type { TestServer } from '@voorman/log/testing';
import { NODE_FLAGS } from '@voorman/service/node-flags';
import { locateTool, ToolUnavailableError } from '@voorman/tools';
import { servicesFolder } from './signed-registry.js';

/** The root of the checkout. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** The registry that a benchmark or a crash test runs with: the product's and its own. */
export const registryFolders = (own: string): string[] => [join(ROOT, 'deploy', 'registry'), own];

/** One running service, as its own OS process. */
export interface ServiceProcess {
  readonly name: string;
  readonly pid: number;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

export interface ServiceOptions {
  readonly app: 'orchestrator' | 'tool-gateway' | 'policy' | 'worker-agent';
  readonly name: Token;
  readonly args?: readonly string[];
  readonly registry: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Where bubblewrap lies; without it the gateway refuses programs, which only a test that runs some notices. */
async function bubblewrap(): Promise<string | undefined> {
  try {
    return (await locateTool('bwrap')).path;
  } catch (fault) {
    if (fault instanceof ToolUnavailableError) return undefined;
    throw fault;
  }
}

let started = 0;

/** Starts a service as the product does, and waits until it listens. */
export async function startService(server: TestServer, options: ServiceOptions): Promise<ServiceProcess> {
  const run = join(server.dataDir, 'run');
  await mkdir(run, { recursive: true });
  const instance = `${options.name}-${++started}`;
  const ready = join(run, `${instance}.json`);
  const key = join(run, `${options.name}.nk`);
  const credentials = server.credentialsFor(options.name);
  if (!('nkeySeed' in credentials)) throw new Error(`${options.name} is no service`);
  await writeFile(key, credentials.nkeySeed, { mode: 0o600 });
  const log = await open(join(run, `${instance}.log`), 'a');
  const program = join(ROOT, 'apps', options.app, 'dist', 'main.js');
  const child = spawn(process.execPath, [...NODE_FLAGS, program, ...(options.args ?? [])], {
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      VOORMAN_OPA: process.env.VOORMAN_OPA,
      VOORMAN_BWRAP: await bubblewrap(),
      VOORMAN_NATS_URL: server.url,
      VOORMAN_DURABILITY: server.durability,
      VOORMAN_NAME: options.name,
      VOORMAN_NKEY_FILE: key,
      VOORMAN_REGISTRY: options.registry.join(delimiter),
      VOORMAN_DATA: servicesFolder(server),
      VOORMAN_READY_FILE: ready,
      VOORMAN_LOG_LEVEL: 'warn',
      ...options.env,
    },
  });
  await log.close();
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  try {
    await untilReady(child, ready, join(run, `${instance}.log`));
  } finally {
    await rm(ready, { force: true });
  }
  return {
    name: options.name,
    pid: child.pid ?? 0,
    kill: () => end(child, 'SIGKILL', exited).then(() => undefined),
    stop: () => end(child, 'SIGTERM', exited),
  };
}

async function untilReady(child: ChildProcess, file: string, log: string): Promise<void> {
  const untilMs = Date.now() + 30_000;
  while (Date.now() < untilMs) {
    if (child.exitCode !== null)
      throw new Error(`The service ended at once: ${(await readFile(log, 'utf8')).slice(-2_000)}`);
    const isThere = await readFile(file).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    await wait(20);
  }
  child.kill('SIGKILL');
  throw new Error(`The service was not ready within 30 s: ${(await readFile(log, 'utf8')).slice(-2_000)}`);
}

function end(child: ChildProcess, signal: NodeJS.Signals, exited: Promise<number | null>): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  return exited;
}
