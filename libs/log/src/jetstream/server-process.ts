import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, findNatsServer, forgetAddresses, isHealthy, readAddress, type ServerAddress } from './server-address.js';
import { portsFolder, serverLogFile } from './server-config.js';
import { NatsAlreadyRunningError, NatsConfigError, NatsStartError } from './server-errors.js';

/** Which server is started, from what. */
export interface StartOptions {
  /** Path of a nats-server, 2.15 or newer. */
  readonly binary: string;
  /** A file of `serverConfig`'s making. */
  readonly configFile: string;
  /** The same data folder as in that configuration. */
  readonly dataDir: string;
  /** A log of many gigabytes takes a while to be looked through. Milliseconds, default 60,000. */
  readonly readyWithinMs?: number;
  /** Whether a Ctrl-C at the terminal passes it by, so that whoever supervises it decides when it stops. Default false. */
  readonly ownProcessGroup?: boolean;
}

/** How a server ended: an exit code, or the signal that ended it. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A server that answers, until somebody ends it. */
export interface NatsServerProcess extends ServerAddress {
  /** Resolves when the process is gone, however it ended. */
  readonly exited: Promise<Exit>;
  /** Ends it in good order (SIGTERM); after `graceMs` (default 10,000) by SIGKILL. */
  stop(graceMs?: number): Promise<Exit>;
  /** Ends it at once (SIGKILL), as a crash would. */
  kill(): Promise<Exit>;
  /**
   * Re-reads users and permissions from the configuration file; connections that may stay are not disturbed.
   * @throws {NatsConfigError} the file is broken, or asks for what needs a restart: nothing changed.
   */
  reload(): Promise<void>;
}

/**
 * Starts a server and waits until its log can be used.
 * @throws {NatsAlreadyRunningError} @throws {NatsConfigError} @throws {NatsStartError}
 */
export async function startNatsServer(options: StartOptions): Promise<NatsServerProcess> {
  const { binary, configFile, dataDir, readyWithinMs = 60_000 } = options;
  for (const folder of [portsFolder(dataDir), dirname(serverLogFile(dataDir))]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  const running = await findNatsServer(dataDir);
  if (running !== undefined) throw new NatsAlreadyRunningError(running, dataDir);
  await forgetAddresses(dataDir);
  await checkConfig(binary, configFile);

  const startedAt = Date.now();
  const child = spawn(binary, ['-c', configFile], { stdio: 'ignore', detached: options.ownProcessGroup ?? false });
  const exited = exitOf(child);
  const deadline = Date.now() + readyWithinMs;
  while (child.exitCode === null && child.signalCode === null) {
    const address = child.pid === undefined ? undefined : await readAddress(dataDir, child.pid);
    if (address !== undefined && (await isHealthy(address.monitoringUrl)))
      return runningServer(address, child, exited, options);
    if (Date.now() > deadline) {
      child.kill('SIGKILL');
      await exited;
      const complaint = await lastComplaint(dataDir, startedAt);
      throw new NatsStartError(`it was not ready within ${readyWithinMs} ms. ${complaint}`, serverLogFile(dataDir));
    }
    await Promise.race([sleep(10), exited]);
  }
  const complaint = await lastComplaint(dataDir, startedAt);
  throw new NatsStartError(complaint || `it ended at once ${JSON.stringify(await exited)}.`, serverLogFile(dataDir));
}

function runningServer(
  address: ServerAddress,
  child: ChildProcess,
  exited: Promise<Exit>,
  options: StartOptions,
): NatsServerProcess {
  const loadedAt = async () =>
    (await ask<{ config_load_time: string }>(`${address.monitoringUrl}/varz`))?.config_load_time;
  return {
    ...address,
    exited,
    async stop(graceMs = 10_000) {
      child.kill('SIGTERM');
      const giveUp = setTimeout(() => child.kill('SIGKILL'), graceMs);
      try {
        return await exited;
      } finally {
        clearTimeout(giveUp);
      }
    },
    async kill() {
      child.kill('SIGKILL');
      return await exited;
    },
    async reload() {
      await checkConfig(options.binary, options.configFile);
      const before = await loadedAt();
      const signalledAt = Date.now();
      child.kill('SIGHUP');
      for (;;) {
        const now = await loadedAt();
        if (now !== undefined && now !== before) return;
        const complaint = await lastComplaint(options.dataDir, signalledAt);
        if (complaint !== '') throw new NatsConfigError(options.configFile, complaint);
        if (Date.now() > signalledAt + 5_000) throw new NatsConfigError(options.configFile, 'it gives no sign.');
        await sleep(10);
      }
    },
  };
}

/** A broken file is found here, with its line; the running server would only log it. @throws {NatsConfigError} */
async function checkConfig(binary: string, configFile: string): Promise<void> {
  const child = spawn(binary, ['-t', '-c', configFile], { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = `${complaint}${chunk}`.slice(-2_000);
  });
  const { code } = await exitOf(child);
  if (code !== 0) throw new NatsConfigError(configFile, complaint.trim());
}

const exitOf = (child: ChildProcess): Promise<Exit> => {
  const exit = new Promise<Exit>((resolve, reject) => {
    // `close` rather than `exit`: what it said has been read by then.
    child.once('close', (code, signal) => resolve({ code, signal }));
    child.once('error', (cause) => reject(new NatsStartError(`${child.spawnfile} cannot be run.`, '-', { cause })));
  });
  return exit;
};

/** What the server last complained about in its own log since a moment, or '' where it did not. */
async function lastComplaint(dataDir: string, sinceMs: number): Promise<string> {
  const file = serverLogFile(dataDir);
  if (!existsSync(file)) return 'it cannot write its log.';
  const lines = (await readFile(file, 'utf8')).split('\n');
  const complaint = /^\[\d+\] (?<day>[\d/]+) (?<time>[\d:.]+) \[(?:FTL|ERR)\] (?<text>.*)$/;
  for (const line of lines.reverse()) {
    const said = complaint.exec(line)?.groups;
    if (said?.text === undefined) continue;
    return Date.parse(`${said.day?.replaceAll('/', '-')}T${said.time}`) >= sinceMs ? said.text : '';
  }
  return '';
}
