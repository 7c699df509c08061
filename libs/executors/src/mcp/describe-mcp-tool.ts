import { digestOf, type ToolDescription } from './description.js';
import type { McpServer } from './mcp-client.js';
import { McpExecutor, type McpExecutorOptions, type McpManifest } from './mcp-executor.js';

/** A server that cannot be asked within this time is not there. */
const DESCRIBE_MS = 30_000;

/**
 * How an MCP server describes one of its tools now, and the digest that approves exactly that: for `voorman tools check`.
 * The words come from outside: show them to a person, never to a model.
 * @param folder where a server that is a program runs: the manifest's folder.
 * @returns undefined where the server has no such tool. @throws where it cannot be reached.
 */
export async function describeMcpTool(
  server: McpServer,
  tool: string,
  { folder = '.', ...options }: McpExecutorOptions & { readonly folder?: string } = {},
): Promise<{ readonly digest: string; readonly description: ToolDescription } | undefined> {
  const executor = new McpExecutor(options);
  try {
    const manifest = { name: tool, tool, server, folder, timeout_ms: DESCRIBE_MS } as McpManifest;
    const description = await executor.describe(manifest, AbortSignal.timeout(DESCRIBE_MS));
    return description === undefined ? undefined : { digest: digestOf(description), description };
  } finally {
    await executor.stop();
  }
}
