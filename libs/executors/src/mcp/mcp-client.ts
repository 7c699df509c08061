import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  type CallToolResult,
  CallToolResultSchema,
  ListToolsResultSchema,
  type Tool,
} from '@modelcontextprotocol/sdk/types.js';
import type { ToolOf } from '@voorman/registry';
import { type Dispatcher, fetch as send } from 'undici';
import type { Connections } from '../api/connections.js';
import type { StartedProgram } from '../process/program-start.js';
import { MAX_OUTPUT_BYTES } from '../tool-answer.js';
import { ProgramTransport } from './program-transport.js';

export type McpServer = ToolOf<'mcp'>['server'];

/** What is needed to reach a server. */
export interface Reach {
  readonly server: McpServer;
  /** Starts the server's program, where it is one. */
  readonly start: () => Promise<StartedProgram>;
  /** Values of the headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** Connections that lead to allowed addresses alone. */
  readonly connections: Connections;
  /** Hears what goes wrong beside calls. */
  readonly report: (said: unknown) => void;
}

/** Tools that a server may list before we stop asking for the next page. */
const MAX_PAGES = 50;
const CONNECT_MS = 15_000;

/** One connection to one server, shared by all calls of its tools. */
export class McpClient {
  isClosed = false;

  private constructor(private readonly client: Client) {}

  /** @throws what the transport throws. */
  static async connect(reach: Reach, signal: AbortSignal): Promise<McpClient> {
    const client = new Client({ name: 'voorman', version: '1.0.0' }, { capabilities: {} });
    const connection = new McpClient(client);
    client.onclose = () => {
      connection.isClosed = true;
    };
    client.onerror = reach.report;
    const tooLarge = () => void connection.close().catch(reach.report);
    await client.connect(await transportTo(reach, tooLarge), { signal, timeout: CONNECT_MS });
    return connection;
  }

  /**
   * The tool as the server describes it now; undefined where it has none of that name. Asked without the client's own
   * `listTools`, which would compile whatever schema a server sends before anybody approved it.
   */
  async tool(name: string, signal: AbortSignal, timeout: number): Promise<Tool | undefined> {
    let cursor: string | undefined;
    for (let page = 0; page < MAX_PAGES; page++) {
      const request = { method: 'tools/list', params: cursor === undefined ? {} : { cursor } };
      const listed = await this.client.request(request, ListToolsResultSchema, { signal, timeout });
      const found = listed.tools.find((tool) => tool.name === name);
      if (found !== undefined || listed.nextCursor === undefined) return found;
      cursor = listed.nextCursor;
    }
    return undefined;
  }

  /** @param key the call's idempotency key, for servers that look at it. */
  call(
    name: string,
    args: Record<string, unknown>,
    key: string,
    options: { readonly signal: AbortSignal; readonly timeout: number },
  ): Promise<CallToolResult> {
    const params = { name, arguments: args, _meta: { 'voorman/idempotency-key': key } };
    return this.client.request({ method: 'tools/call', params }, CallToolResultSchema, options);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.client.close();
  }
}

async function transportTo({ server, start, headers, connections }: Reach, tooLarge: () => void): Promise<Transport> {
  if (!('url' in server)) return new ProgramTransport(await start());
  return new StreamableHTTPClientTransport(new URL(server.url), {
    requestInit: { headers: { ...headers }, redirect: 'error' },
    fetch: boundedFetch(() => connections.on({ privateAddresses: server.private_addresses, isKept: true }), tooLarge),
  }) as Transport;
}

/**
 * Fetches over a guarded connection. An answer that grows beyond what a tool may say ends the connection: the transport
 * would only ask for the rest of it.
 */
const boundedFetch =
  (dispatcher: () => Dispatcher, tooLarge: () => void) =>
  async (url: string | URL, init: RequestInit = {}): Promise<Response> => {
    const { body, headers, method, redirect, signal } = init;
    const response = await send(url, {
      dispatcher: dispatcher(),
      headers: [...new Headers(headers)],
      ...(typeof body === 'string' ? { body } : {}),
      ...(method === undefined ? {} : { method }),
      ...(redirect === undefined ? {} : { redirect }),
      ...(signal == null ? {} : { signal }),
    });
    const answered = { status: response.status, statusText: response.statusText, headers: [...response.headers] };
    if (response.body === null) return new Response(null, answered);
    // A GET opens the server's own stream of messages, which goes on for as long as the connection: each of them is bounded.
    const isEndless = method === 'GET';
    let bytes = 0;
    const bounded = response.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          const end = isEndless ? endOfMessageIn(chunk) : -1;
          bytes = end < 0 ? bytes + chunk.byteLength : chunk.byteLength - end;
          if (bytes <= MAX_OUTPUT_BYTES) return controller.enqueue(chunk);
          controller.error(new RangeError('The answer is too large.'));
          tooLarge();
        },
      }),
    );
    return new Response(bounded, answered);
  };

/** Where the last message ends that ends in these bytes, as an empty line tells; -1 where none does. */
function endOfMessageIn(chunk: Uint8Array): number {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  return Math.max(...['\n\n', '\r\n\r\n', '\r\r'].map((line) => bytes.lastIndexOf(line)));
}
