import { readFileSync } from 'node:fs';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ListToolsRequestSchema, type Tool } from '@modelcontextprotocol/sdk/types.js';

/** What its one tool says of itself, at first. */
export const APPROVED: Tool = {
  name: 'lookup',
  title: 'Look-up',
  description: 'Looks something up.',
  inputSchema: { type: 'object', properties: { what: { type: 'string' } }, required: ['what'] },
  annotations: { readOnlyHint: true },
};

/**
 * A real MCP server for a test. Its tool `lookup` does what its argument says.
 * @param described asked at each listing.
 */
export function lookupServer(described: () => Tool): Server {
  const server = new Server({ name: 'for-tests', version: '1.0.0' }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, ({ params }) =>
    params?.cursor === undefined
      ? { tools: [{ name: 'other', inputSchema: { type: 'object' } }], nextCursor: 'more' }
      : { tools: [described()] },
  );
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal }) => {
    const what = String(params.arguments?.what);
    const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });
    if (what === 'structured') return { ...text('ignored'), structuredContent: { found: true, key: params._meta } };
    if (what === 'image')
      return {
        content: [
          { type: 'text', text: 'a' },
          { type: 'image', data: 'AA==', mimeType: 'image/png' },
        ],
      };
    if (what === 'fail') return { ...text('No such thing.'), isError: true };
    if (what === 'throw') throw new Error('Out of order.');
    if (what === 'environment') return text(Object.keys(process.env).sort().join(' '));
    if (what === 'folder') return text(process.cwd());
    if (what === 'crash') process.exit(7);
    if (what === 'large') return text('x'.repeat(30 * 2 ** 20));
    if (what === 'never') {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      process.stderr.write('cancelled\n');
    }
    return text(`${what}: ${process.pid}`);
  });
  return server;
}

/** Run as a program: the file that is named describes the tool, and may be changed at any time. */
if (process.argv[1] === import.meta.filename) {
  process.stderr.write('hello from the server\n');
  const server = lookupServer(() => JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Tool);
  await server.connect(new StdioServerTransport());
}
