// A small MCP server on standard input and output, without any package: one JSON-RPC message a line.
import { createInterface } from 'node:readline';

const DAYS = { NL: 2, BE: 2, DE: 3, FR: 4 };
const TOOL = {
  name: 'delivery_time',
  description: 'Working days that a parcel may take to a country.',
  inputSchema: { type: 'object', properties: { country: { type: 'string' } }, required: ['country'] },
};

function answer(method, params) {
  switch (method) {
    case 'initialize':
      return {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: 'carrier', version: '1.0.0' },
      };
    case 'tools/list':
      return { tools: [TOOL] };
    case 'tools/call': {
      const { country } = params.arguments;
      const structuredContent = { country, days: DAYS[country] ?? 10 };
      return { structuredContent, content: [{ type: 'text', text: JSON.stringify(structuredContent) }] };
    }
    default:
      return {};
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params = {} } = JSON.parse(line);
  if (id === undefined) continue; // a notification
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result: answer(method, params) })}\n`);
}
