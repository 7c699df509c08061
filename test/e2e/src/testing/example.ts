import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { ROOT } from './command-line.js';
import { type Answer, Stack } from './stack.js';

/** For whom a call came, by the certificate that was shown. */
interface Shown {
  readonly tenant: string;
  readonly agent: string;
  readonly tool: string;
}

/** What the services beside the stack took in. */
interface Received {
  readonly refunds: readonly {
    readonly order: string;
    readonly amount_eur: number;
    readonly key: string;
    readonly via?: string;
  }[];
  readonly mails: readonly { readonly from: string; readonly to: readonly string[]; readonly text: string }[];
  readonly pickups: readonly (Shown & { readonly order: string; readonly key: string })[];
  readonly lookups: readonly (Shown & { readonly key: string })[];
}

/** What `start.mjs --json` prints. */
interface Started {
  readonly data: string;
  readonly registry: string;
  readonly shop: string;
  readonly carrier: string;
  readonly planted: string;
}

/** A call that a command lists. */
export interface Call {
  readonly call_id: string;
  readonly session: string;
  readonly agent: string;
  readonly tool: string;
  readonly state: string;
  readonly fault?: { readonly code: string };
  readonly version?: string;
  readonly proposal?: {
    readonly kind: string;
    readonly digest: string;
    readonly reason: string;
    readonly arguments: Readonly<Record<string, unknown>>;
  };
  readonly settlement?: { readonly happened: boolean; readonly because: string; readonly settled_by: string };
}

/** The example of the leash as its reader starts it: real servers, a registry of its own, and a stack. */
export class LeashExample {
  private constructor(
    readonly folder: string,
    private readonly child: ChildProcess,
    private readonly said: Promise<string>,
    readonly started: Started,
    readonly stack: Stack,
  ) {}

  static async start(): Promise<LeashExample> {
    const folder = await mkdtemp(join(tmpdir(), 'voorman-leash-'));
    const script = join(ROOT, 'examples', 'leash', 'start.mjs');
    const child = spawn(process.execPath, [script, '--json', '--data', folder], { stdio: ['ignore', 'pipe', 'pipe'] });
    const said = text(child.stderr);
    const line = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
    if (child.exitCode !== null) throw new Error(`The example did not start: ${await said}`);
    const started = JSON.parse(String(line[0])) as Started;
    return new LeashExample(folder, child, said, started, Stack.at(started.data));
  }

  /** A goal for one capability of the bot, to its end. */
  async goal(action: string, goal: string, session: string, more: readonly string[] = []): Promise<Answer> {
    const { out, err } = await this.stack.run([
      ...['run', goal, '--action', action, '--session', session, '--json'],
      ...more,
    ]);
    if (out === '') throw new Error(`No answer: ${err}`);
    return JSON.parse(out) as Answer;
  }

  /** What a command lists, one document a line. */
  async list<Document>(args: readonly string[]): Promise<Document[]> {
    const { out } = await this.stack.run([...args, '--json']);
    return out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Document);
  }

  /** The one call of a session that waits for a person, once it does. */
  async waiting(session: string): Promise<Call> {
    for (const deadline = Date.now() + 30_000; Date.now() < deadline; await pause(100)) {
      const [call] = await this.list<Call>(['approvals', '--session', session]);
      if (call !== undefined) return call;
    }
    throw new Error(`Nothing waits in ${session}.`);
  }

  async received(): Promise<Received> {
    return (await (await fetch(`${this.started.shop}/received`)).json()) as Received;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Ctrl-C, and what it left. @returns exit code and what was said on standard error. */
  async stop(): Promise<{ readonly code: number | null; readonly err: string }> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGINT');
    await ended;
    await rm(this.folder, { recursive: true, force: true });
    return { code: this.child.exitCode, err: await this.said };
  }
}
