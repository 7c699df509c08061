import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Finished, voorman } from './command-line.js';

export interface Status {
  readonly nats: { readonly url: string; readonly version: string; readonly pid: number; readonly durability: string };
  readonly services: readonly { name: string; pid: number; state: string; pending: number; quarantined: number }[];
  readonly problems: readonly unknown[];
}

/** What `run --json` prints. */
export interface Answer {
  readonly session: string;
  readonly outcome: string;
  readonly answer: string;
  readonly evidence: readonly { source: string; line: number; text: string }[];
  readonly tasks: readonly { task_id: string; agent: string; outcome: string }[];
}

/** A stack of a test in a temporary data folder. */
export class Stack {
  private constructor(readonly data: string) {}

  static async inFreshFolder(): Promise<Stack> {
    return new Stack(await mkdtemp(join(tmpdir(), 'voorman-e2e-')));
  }

  /** The stack of a data folder that somebody else started. */
  static at(data: string): Stack {
    return new Stack(data);
  }

  /** A command on this stack. */
  run(args: readonly string[], input?: string): Promise<Finished> {
    return voorman([...args, '--data', this.data], input === undefined ? {} : { input });
  }

  async json<Document>(args: readonly string[]): Promise<Document> {
    const { code, out, err } = await this.run([...args, '--json']);
    if (code !== 0) throw new Error(`${args.join(' ')}: code ${code}: ${err}`);
    return JSON.parse(out) as Document;
  }

  status(): Promise<Status> {
    return this.json<Status>(['status']);
  }

  async pidOf(name: string): Promise<number> {
    const pid = (await this.status()).services.find((service) => service.name === name)?.pid;
    if (pid === undefined) throw new Error(`There is no ${name}.`);
    return pid;
  }

  /** Waits until the status is as wanted. */
  async until(wanted: (status: Status) => boolean, withinMs = 30_000): Promise<Status> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const status = await this.status();
      if (wanted(status)) return status;
      if (Date.now() > deadline) throw new Error(`The status stays: ${JSON.stringify(status)}`);
      await pause(200);
    }
  }

  /** A file of this stack's folder with some text. */
  async file(name: string, text: string): Promise<string> {
    const path = join(this.data, name);
    await writeFile(path, text);
    return path;
  }

  /** Stops everything and removes the folder. */
  async remove(): Promise<void> {
    await this.run(['down']);
    await rm(this.data, { recursive: true, force: true });
  }
}

/** A small log in which something begins to fail. */
export const FAILING_LOG = [
  ...Array.from(
    { length: 40 },
    (_, i) => `2026-03-01T10:00:${`${i}`.padStart(2, '0')}Z INFO request ${i} served in 12 ms`,
  ),
  ...Array.from(
    { length: 12 },
    (_, i) => `2026-03-01T10:01:${`${i}`.padStart(2, '0')}Z ERROR pool exhausted: 8 of 8 in use`,
  ),
  '',
].join('\n');
