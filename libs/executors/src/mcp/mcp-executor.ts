import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CallToolResult, ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import type { Fault, JsonObject } from '@voorman/envelope';
import type { LoadedToolOf } from '@voorman/registry';
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
import { isSecretError, type SecretStore, SecretUnavailableError } from '../secrets/secret-store.js';
import { failed, unknown } from '../tool-answer.js';
import { connectionLost, inItsWords, limitNotKept, notBegun, stopped, timedOut, unreachable } from '../tool-faults.js';
import { changedParts, changesBetween, descriptionOf, digestOf, type ToolDescription } from './description.js';
import { McpClient } from './mcp-client.js';
import { descriptionChanged, notApproved, notSpoken, toolMissing } from './mcp-faults.js';

export type McpManifest = LoadedToolOf<'mcp'>;

/** The file beside a manifest that holds the approved description, so that a change can be told part by part. */
export const APPROVED_DESCRIPTION = 'mcp-description.json';

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
    if (tool.digest === undefined) return failed(notApproved(tool.name), 0, false);
    const attempt = new Attempt(tool, execution);
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
    const { headers } = await this.#headers(tool);
    const client = await this.#client(tool, { headers, profile: undefined, signal });
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

  async #run(attempt: Attempt, approved: string): Promise<Executed> {
    const { tool, execution, signal } = attempt;
    const { headers, masking } = await this.#headers(tool);
    const client = await this.#client(tool, { headers, profile: execution.limits?.sandbox, signal });
    const found = await client.tool(tool.tool, signal, tool.timeout_ms);
    if (found === undefined) return failed(toolMissing(tool.name), 0, false);
    const description = descriptionOf(found);
    if (digestOf(description) !== approved) return failed(await this.#changed(tool, approved, description), 0, false);
    attempt.isSent = true;
    const options = { signal, timeout: tool.timeout_ms };
    return masking.executed(answer(await client.call(tool.tool, execution.arguments, execution.key, options)));
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

  async #headers(tool: McpManifest): Promise<{ headers: Record<string, string>; masking: Masking }> {
    const headers: Record<string, string> = {};
    for (const [name, ref] of Object.entries('url' in tool.server ? tool.server.headers : {})) {
      if (this.options.secrets === undefined) throw new SecretUnavailableError('this gateway has no secrets', false);
      headers[name] = await this.options.secrets.read(ref);
    }
    return { headers, masking: new Masking(Object.values(headers)) };
  }

  /** A connection that broke is made anew for the next call. Another secret or sandbox is another connection. */
  async #client(tool: McpManifest, { headers, profile, signal }: Way): Promise<McpClient> {
    const key = JSON.stringify([tool.folder, tool.server, headers, profile]);
    for (let kept = this.#clients.get(key); kept !== undefined; kept = this.#clients.get(key)) {
      const client = await kept.catch(() => undefined);
      if (client !== undefined && !client.isClosed) return client;
      if (this.#clients.get(key) === kept) this.#clients.delete(key);
    }
    const report = (said: unknown) => this.options.report?.(tool.name, said);
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

/** How a server is reached for one call. */
interface Way {
  readonly headers: Record<string, string>;
  /** The sandbox's profile; undefined: the default one. */
  readonly profile: string | undefined;
  readonly signal: AbortSignal;
}

/** There is no room for the server's program. */
class NotPlacedError extends Error {
  constructor(readonly fault: Fault) {
    super(fault.message);
  }
}

/** What one attempt knows of itself when it breaks. */
class Attempt {
  /** Whether the call itself was on its way: then nobody knows what came of it. */
  isSent = false;
  readonly signal: AbortSignal;
  readonly #deadline: AbortSignal;

  constructor(
    readonly tool: McpManifest,
    readonly execution: Execution,
  ) {
    this.#deadline = AbortSignal.timeout(tool.timeout_ms);
    this.signal = AbortSignal.any([this.#deadline, execution.signal]);
  }

  broken(fault: unknown): Executed {
    const { name, timeout_ms } = this.tool;
    if (fault instanceof NotPlacedError) return failed(fault.fault, 0, false);
    if (isSecretError(fault)) return failed(fault.toPublic(), 0, fault.retryable);
    if (this.execution.signal.aborted) return this.#ended(stopped(name), false);
    if (this.#deadline.aborted || codeOf(fault) === ErrorCode.RequestTimeout) {
      return this.#ended(timedOut(name, timeout_ms), true);
    }
    // An error that the server answered: it did not do it.
    if (fault instanceof McpError && fault.code !== ErrorCode.ConnectionClosed) {
      return failed(inItsWords('tool/failed', `${name} answered: ${fault.message}`), 0, false);
    }
    // The session is gone, as after a restart of the server; it refused to look at the call.
    if (codeOf(fault) === 404) return failed(connectionLost(name), 0, true);
    if (this.isSent) return this.#ended(connectionLost(name), true);
    return failed(fault instanceof SyntaxError || isMalformed(fault) ? notSpoken(name) : unreachable(name), 0, true);
  }

  #ended(fault: Fault, retryable: boolean): Executed {
    return this.isSent ? { ...unknown(fault, 0), retryable } : failed(fault, 0, retryable);
  }
}

const codeOf = (fault: unknown): unknown =>
  typeof fault === 'object' && fault !== null && 'code' in fault ? fault.code : undefined;

/** What does not fit the protocol's schemas. */
const isMalformed = (fault: unknown): boolean => fault instanceof Error && fault.name === 'ZodError';

async function approvedDescription(folder: string, digest: string): Promise<ToolDescription | undefined> {
  try {
    const kept = JSON.parse(await readFile(join(folder, APPROVED_DESCRIPTION), 'utf8')) as ToolDescription;
    return digestOf(kept) === digest ? kept : undefined;
  } catch {
    // Not every manifest has it: then only the digests can be compared.
    return undefined;
  }
}

/** Structured content as it is; else the texts, one below the other, and whatever is no text beside them. */
function answer(result: CallToolResult): Executed {
  const texts = result.content.flatMap((item) => (item.type === 'text' ? [item.text] : []));
  const text = texts.join('\n');
  if (result.isError === true) return failed(inItsWords('tool/failed', text), 0, false);
  const others = result.content.filter((item) => item.type !== 'text');
  const output = result.structuredContent ?? { text, ...(others.length === 0 ? {} : { content: others }) };
  return { kind: 'output', output: output as JsonObject, durationMs: 0, retryable: false };
}
