import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { NODE_FLAGS } from '@voorman/service/node-flags';
import { z } from 'zod';
import { StartFailedError } from '../errors.js';
import { Backoff } from './backoff.js';
import type { DataFolder } from './data-folder.js';
import { readJson } from './json-file.js';
import { LogFile } from './log-file.js';

const Ready = z.object({ name: z.string(), pid: z.number(), health: z.string() });

/** Which program is kept running, for whom. */
export interface ChildOptions {
  readonly data: DataFolder;
  /** The service or bot; its replicas share it. */
  readonly name: string;
  /** From 1. */
  readonly replica: number;
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
}

/** How far a process has come, as its supervisor knows it. */
export type ChildPhase = 'starting' | 'ready' | 'restarting' | 'stopped';

/** A service that fails so often before it was ever ready will not be ready by itself. */
const GIVE_UP_AFTER = 3;
/** Its own grace period is 10 s; a little more before it is ended the hard way. */
const STOP_WITHIN_MS = 12_000;

/** One process of the stack: started, watched, started again with backoff when it dies. */
export class Child {
  readonly #backoff = new Backoff();
  readonly #log: LogFile;
  #process: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #phase: ChildPhase = 'starting';
  #health: string | undefined;
  #wasReady = false;
  #stopping = false;
  readonly #wakeUp = new AbortController();

  constructor(private readonly options: ChildOptions) {
    this.#log = new LogFile(join(options.data.logs, `${options.name}-${options.replica}.log`));
  }

  get name(): string {
    return this.options.name;
  }
  get replica(): number {
    return this.options.replica;
  }
  get label(): string {
    return `${this.options.name}-${this.options.replica}`;
  }
  get phase(): ChildPhase {
    return this.#phase;
  }
  /** 0 while there is none. */
  get pid(): number {
    return this.#process?.pid ?? 0;
  }
  /** Address of its health page, once it listens. */
  get health(): string | undefined {
    return this.#phase === 'ready' ? this.#health : undefined;
  }

  /** Starts it and keeps it running until `stop`. */
  start(): void {
    this.#keepRunning().catch((fault: unknown) =>
      this.options.say(`${this.label} is not watched any longer: ${fault}`),
    );
  }

  /** Resolves when it listens. @throws {StartFailedError} it does not come up. */
  async ready(withinMs: number): Promise<void> {
    const deadline = Date.now() + withinMs;
    while (!this.#wasReady) {
      if (this.#backoff.deaths >= GIVE_UP_AFTER) {
        throw new StartFailedError(`${this.label} does not start: ${complaintIn(this.#log.lastLine)}`, this.#log.path);
      }
      if (Date.now() > deadline) {
        throw new StartFailedError(`${this.label} was not ready within ${withinMs / 1_000} s.`, this.#log.path);
      }
      await pause(25);
    }
  }

  /** SIGTERM, so that it finishes or hands back its work; after 12 s SIGKILL. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wakeUp.abort();
    this.#process?.kill('SIGTERM');
    const giveUp = setTimeout(() => this.kill(), STOP_WITHIN_MS);
    await this.#exited;
    clearTimeout(giveUp);
    this.#phase = 'stopped';
    await rm(this.#readyFile, { force: true });
    this.#log.close();
  }

  /** SIGKILL. */
  kill(): void {
    this.#process?.kill('SIGKILL');
  }

  async #keepRunning(): Promise<void> {
    const { say } = this.options;
    while (!this.#stopping) {
      await rm(this.#readyFile, { force: true });
      if (this.#stopping) return;
      const startedMs = Date.now();
      const ending = this.#spawn();
      this.#phase = 'starting';
      const noticed = this.#noticeReady();
      const reason = await ending;
      this.#process = undefined;
      await noticed;
      if (this.#stopping) return;
      const waitMs = this.#backoff.died(Date.now() - startedMs);
      this.#phase = 'restarting';
      say(`${this.label} died (${reason}): starting it again in ${waitMs} ms.`);
      await pause(waitMs, undefined, { signal: this.#wakeUp.signal }).catch(() => undefined);
    }
  }

  /** Resolves with the reason when the process has ended. */
  #spawn(): Promise<string> {
    const { program, args, env } = this.options;
    const child = spawn(process.execPath, [...NODE_FLAGS, program, ...args], {
      env: { ...env, VOORMAN_READY_FILE: this.#readyFile },
      // The channel carries nothing: its end tells the service that its supervisor is gone.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A Ctrl-C at the terminal is for the supervisor, which then stops everyone in good order.
      detached: true,
    });
    this.#process = child;
    child.stdout?.on('data', (chunk: Buffer) => this.#log.write(chunk));
    child.stderr?.on('data', (chunk: Buffer) => this.#log.write(chunk));
    const ending = new Promise<string>((resolve) => {
      child.once('error', (fault) => resolve(fault.message));
      child.once('close', (code, signal) => resolve(signal ?? `code ${code}`));
    });
    this.#exited = ending.then(() => undefined);
    return ending;
  }

  async #noticeReady(): Promise<void> {
    const child = this.#process;
    while (child !== undefined && this.#process === child && !this.#stopping) {
      const found = Ready.safeParse(await readJson(this.#readyFile));
      if (found.success && found.data.pid === child.pid) {
        const again = this.#wasReady;
        this.#health = found.data.health;
        this.#phase = 'ready';
        this.#wasReady = true;
        if (again) this.options.say(`${this.label} runs again (pid ${child.pid}).`);
        return;
      }
      await pause(20);
    }
  }

  get #readyFile(): string {
    return join(this.options.data.run, `${this.label}.ready`);
  }
}

/** What the last line of a service's log says went wrong. */
export function complaintIn(line: string): string {
  try {
    const said = JSON.parse(line) as { msg?: string; fault?: { message?: string } };
    return said.fault?.message ?? said.msg ?? line;
  } catch {
    return line || 'it said nothing.'; // not JSON: a stack trace or a message of Node's
  }
}

/** The seed file of somebody inside. */
export const seedFile = (data: DataFolder, name: string): string => join(data.keys, 'users', `${name}.nk`);

export const readSeed = async (data: DataFolder, name: string): Promise<string> =>
  (await readFile(seedFile(data, name), 'utf8')).trim();
