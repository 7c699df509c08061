import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import type { Executed, Limits } from '../executor.js';
import { descriptionOf, digestOf } from '../mcp/description.js';
import type { McpManifest } from '../mcp/mcp-attempt.js';
import { McpExecutor } from '../mcp/mcp-executor.js';
import { APPROVED, lookupServer } from './mcp-server.js';
import { attemptOf, loadedTool } from './tool-call.js';

const PROGRAM = new URL('./mcp-server.ts', import.meta.url).pathname;

/** What is approved of the sample server's tool. */
export const APPROVED_DIGEST = digestOf(descriptionOf(APPROVED));

/** What of a call differs from the usual one. */
interface Asked {
  readonly manifest?: McpManifest;
  readonly signal?: AbortSignal;
  readonly limits?: Limits;
}

/** A real MCP server, as a program and behind an address, and the executor that calls its tool. */
export class McpWorld {
  /** What the operator was told. */
  readonly heard: unknown[] = [];
  readonly #ends: (() => unknown)[] = [];
  #folder = '';

  /** Where the program and its manifest lie. */
  get folder(): string {
    return this.#folder;
  }

  async open(): Promise<void> {
    this.#folder = await realpath(await mkdtemp(join(tmpdir(), 'voorman-mcp-')));
    await this.describes(APPROVED);
  }

  async close(): Promise<void> {
    this.heard.length = 0;
    for (const end of this.#ends.splice(0)) await end();
    await rm(this.#folder, { recursive: true });
  }

  /** From now on the program describes its tool like this. */
  describes(tool: Tool): Promise<void> {
    return writeFile(this.#described, JSON.stringify(tool));
  }

  /** The manifest of the program's tool, approved as it is. @param more fields that differ. */
  tool(more: Record<string, unknown> = {}): McpManifest {
    const server = { command: [process.execPath, PROGRAM, this.#described], env: ['FOR_IT'] };
    const schema = { input: { what: 'string' }, output: {} };
    return loadedTool(
      'mcp',
      { name: 'look', tool: 'lookup', digest: APPROVED_DIGEST, schema, server, ...more },
      this.#folder,
    );
  }

  newExecutor(): McpExecutor {
    const executor = new McpExecutor({
      secrets: { read: async () => 'Bearer s3cret-of-the-server' },
      report: (_tool, said) => this.heard.push(said),
    });
    this.#ends.push(() => executor.stop());
    return executor;
  }

  ask(
    executor: McpExecutor,
    what: string,
    { manifest = this.tool(), signal = new AbortController().signal, limits = {} }: Asked = {},
  ): Promise<Executed> {
    return executor.execute(manifest, attemptOf(manifest, { what }, { limits, signal }));
  }

  /**
   * The same server over HTTP, in this process.
   * @param tools how it describes its tool, asked at each request. @param sees the status that answers a request: 200 lets
   * it through.
   */
  async overHttp(
    tools: () => Tool,
    sees: (headers: Record<string, unknown>) => number = () => 200,
  ): Promise<{ readonly url: string; readonly server: Server }> {
    const server = createServer(async (request, response) => {
      const status = sees(request.headers);
      if (status !== 200) return void response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end();
      const transport = new StreamableHTTPServerTransport({});
      await lookupServer(tools).connect(transport as never);
      await transport.handleRequest(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#ends.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, server };
  }

  get #described(): string {
    return join(this.#folder, 'described.json');
  }
}
