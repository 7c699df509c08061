import type { Fault } from '@voorman/envelope';
import { Connections } from '../api/connections.js';
import type { Executed, Execution, ExecutorOf, Meaning } from '../executor.js';
import {
  bareStart,
  hearing,
  type ProcessManifest,
  type ProgramStart,
  type StartedProgram,
} from '../process/program-start.js';
import type { Place } from '../sandbox/sandbox.js';
import { Masking } from '../secrets/masking.js';
import { type SecretStore, SecretUnavailableError } from '../secrets/secret-store.js';
import { failed } from '../tool-answer.js';
import { limitNotKept, notBegun } from '../tool-faults.js';
import { approvedDescription } from './approved-description.js';
import { changedParts, changesBetween, descriptionOf, digestOf, type ToolDescription } from './description.js';
import { answerOf } from './mcp-answer.js';
import { McpAttempt, type McpManifest, NotPlacedError } from './mcp-attempt.js';
import { McpClient } from './mcp-client.js';
import { descriptionChanged, notApproved, toolMissing } from './mcp-faults.js';

/** What calls of MCP servers need of their gateway. */
export interface McpExecutorOptions {
  /** Default: there are none, and a tool whose headers name one is at fault. */
  readonly secrets?: SecretStore;
  /** Where a server that is a program runs: the sandbox's choice. Default: as a bare child of this process. */
  readonly place?: (program: ProcessManifest, profile: string | undefined) => Place | { readonly fault: Fault };
  /** Hears, for the operator, what a fault leaves out. Default: nobody. */
  readonly report?: (tool: string, said: unknown) => void;
}

/**
 * Calls tools of MCP servers. Before each call the server is asked how it describes the tool: what was not approved by its
 * digest is not called, and its words reach nobody but the operator.
 */
export class McpExecutor implements ExecutorOf<McpManifest> {
  readonly #connections = new Connections();
  readonly #clients = new Map<string, Promise<McpClient>>();

  constructor(private readonly options: McpExecutorOptions = {}) {}

  /** The server's host; a program has none. */
  async meaning(tool: McpManifest): Promise<Meaning> {
    return 'url' in tool.server ? { hosts: [new URL(tool.server.url).hostname] } : {};
  }

  async execute(tool: McpManifest, execution: Execution): Promise<Executed> {
    const began = performance.now();
    const { limits, signal } = execution;
    if (signal.aborted) return failed(notBegun(tool.name), 0, false);
    if (limits?.draftOnly === true || limits?.maxRows !== undefined || (limits?.conditions?.length ?? 0) > 0) {
      return failed(limitNotKept(tool.name), 0, false);
    }
    // Nothing of ours runs there that could be confined.
    if (limits?.sandbox !== undefined && 'url' in tool.server) {
      return failed(limitNotKept(tool.name, 'a sandbox'), 0, false);
    }
    if (tool.digest === undefined) return failed(notApproved(tool.name), 0, false);
    const attempt = new McpAttempt(tool, execution);
    const executed = await this.#run(attempt, tool.digest).catch((fault: unknown) => {
      this.options.report?.(tool.name, fault);
      return attempt.broken(fault);
    });
    return { ...executed, durationMs: performance.now() - began };
  }

  /**
   * How the server describes a tool now, and the digest that approves exactly that. The words come from outside: show them
   * to a person, never to a model.
   * @returns undefined where the server has no such tool. @throws where it cannot be reached.
   */
  async describe(
    tool: McpManifest,
    signal: AbortSignal,
  ): Promise<{ readonly digest: string; readonly description: ToolDescription } | undefined> {
    const access = await this.#headers(tool);
    const client = await this.#client(tool, { ...access, profile: undefined, signal });
    const found = await client.tool(tool.tool, signal, tool.timeout_ms);
    if (found === undefined) return undefined;
    const description = descriptionOf(found);
    return { digest: digestOf(description), description };
  }

  async stop(): Promise<void> {
    const clients = [...this.#clients.values()];
    this.#clients.clear();
    const closed = await Promise.allSettled(clients.map(async (client) => (await client).close()));
    // One that cannot be closed, or never opened, keeps none of the others.
    for (const each of closed) if (each.status === 'rejected') this.options.report?.('mcp', each.reason);
    await this.#connections.stop();
  }

  /** Whatever the server says, an error of the protocol included, is free of what it was sent in the headers. */
  async #run(attempt: McpAttempt, approved: string): Promise<Executed> {
    const access = await this.#headers(attempt.tool);
    const { masking } = access;
    try {
      return masking.executed(await this.#called(attempt, approved, access));
    } catch (fault) {
      this.options.report?.(attempt.tool.name, masking.said(fault));
      return masking.executed(attempt.broken(fault));
    }
  }

  async #called(attempt: McpAttempt, approved: string, access: Access): Promise<Executed> {
    const { tool, execution, signal } = attempt;
    const client = await this.#client(tool, { ...access, profile: execution.limits?.sandbox, signal });
    const found = await client.tool(tool.tool, signal, tool.timeout_ms);
    if (found === undefined) return failed(toolMissing(tool.name), 0, false);
    const description = descriptionOf(found);
    if (digestOf(description) !== approved) return failed(await this.#changed(tool, approved, description), 0, false);
    attempt.isSent = true;
    const options = { signal, timeout: tool.timeout_ms };
    return answerOf(await client.call(tool.tool, execution.arguments, execution.key, options));
  }

  /** The parts go to the bot, the words to the operator alone: they may be written to lead a model astray. */
  async #changed(tool: McpManifest, approved: string, now: ToolDescription): Promise<Fault> {
    const known = await approvedDescription(tool.folder, approved);
    this.options.report?.(tool.name, {
      what: 'The server describes the tool otherwise than it was approved.',
      approved_digest: approved,
      digest: digestOf(now),
      changes: known === undefined ? now : changesBetween(known, now),
    });
    return descriptionChanged(tool.name, known === undefined ? [] : changedParts(known, now), digestOf(now));
  }

  async #headers(tool: McpManifest): Promise<Access> {
    const headers: Record<string, string> = {};
    for (const [name, ref] of Object.entries('url' in tool.server ? tool.server.headers : {})) {
      if (this.options.secrets === undefined) throw new SecretUnavailableError('this gateway has no secrets', false);
      headers[name] = await this.options.secrets.read(ref);
    }
    return { headers, masking: new Masking(Object.values(headers)) };
  }

  /** A connection that broke is made anew for the next call. Another secret or sandbox is another connection. */
  async #client(tool: McpManifest, { headers, masking, profile, signal }: Way): Promise<McpClient> {
    const key = JSON.stringify([tool.folder, tool.server, headers, profile]);
    for (let kept = this.#clients.get(key); kept !== undefined; kept = this.#clients.get(key)) {
      const client = await kept.catch(() => undefined);
      if (client !== undefined && !client.isClosed) return client;
      if (this.#clients.get(key) === kept) this.#clients.delete(key);
    }
    const report = (said: unknown) => this.options.report?.(tool.name, masking.said(said));
    const reach = {
      server: tool.server,
      headers,
      connections: this.#connections,
      report,
      start: () => this.#start(tool, profile),
    };
    const connecting = McpClient.connect(reach, signal);
    this.#clients.set(key, connecting);
    return connecting;
  }

  /** @throws {NotPlacedError} @throws what the system says where there is no such folder. */
  async #start(tool: McpManifest, profile: string | undefined): Promise<StartedProgram> {
    const { server, ...rest } = tool;
    if ('url' in server) throw new TypeError('A server behind an address is not started.');
    const program: ProcessManifest = {
      ...rest,
      type: 'process',
      mode: 'resident',
      command: server.command,
      env: server.env,
    };
    const started = (await this.#room(program, profile)).start();
    started.child.stderr.on(
      'data',
      hearing(tool.name, (name, text) => this.options.report?.(name, text)),
    );
    return started;
  }

  async #room(program: ProcessManifest, profile: string | undefined): Promise<ProgramStart> {
    const place = this.options.place?.(program, profile);
    if (place === undefined) return bareStart(program);
    const start = 'fault' in place ? place : await place.start([], true);
    if ('fault' in start) throw new NotPlacedError(start.fault);
    return start;
  }
}

/** What the gateway shows a server of itself, and what keeps that out of everything that comes back. */
interface Access {
  readonly headers: Record<string, string>;
  readonly masking: Masking;
}

/** How a server is reached for one call. */
interface Way extends Access {
  /** The sandbox's profile; undefined: the default one. */
  readonly profile: string | undefined;
  readonly signal: AbortSignal;
}
