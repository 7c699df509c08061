import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '@voorman/envelope';
import { type Executed, type Limits, McpExecutor } from '@voorman/executors';
import { compileTool, type LoadedToolOf } from '@voorman/registry';
import { manifest } from '@voorman/tool-gateway/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/* A server that speaks MCP, or nearly, and says with it whatever it likes. */
const KEY = 'plant-7c2e/44+a=b&19';
const MIB = 2 ** 20;
type Answer = (request: { readonly method: string; readonly id: unknown }, response: ServerResponse) => void;
let server: Server;
let executor: McpExecutor;
let heard: unknown[];
/** What the server does beside listing its tool. */
let calls: Answer;
let streams: (response: ServerResponse) => void;
beforeEach(async () => {
  heard = [];
  calls = told({ content: [{ type: 'text', text: 'fine' }] });
  streams = (response) => response.writeHead(405).end();
  server = createServer((request, response) => {
    void answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  executor = new McpExecutor({ secrets: { read: async () => KEY }, report: (_tool, said) => heard.push(said) });
});
afterEach(async () => {
  await executor.stop();
  server.closeAllConnections();
  server.close();
});

const told =
  (result: JsonObject): Answer =>
  ({ id }, response) =>
    json(response, { jsonrpc: '2.0', id, result });
const faulty =
  (message: string): Answer =>
  ({ id }, response) =>
    json(response, { jsonrpc: '2.0', id, error: { code: -32000, message, data: { key: message } } });
const json = (response: ServerResponse, body: unknown) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const HELLO = {
  protocolVersion: '2025-03-26',
  capabilities: { tools: {} },
  serverInfo: { name: 'hostile', version: '1' },
};
const TOOLS = { tools: [{ name: 'lookup', description: 'Looks up.', inputSchema: { type: 'object' } }] };

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'GET') return streams(response);
  let text = '';
  for await (const part of request) text += part;
  const message = JSON.parse(text === '' ? '{}' : text) as { method: string; id: unknown };
  if (message.method === 'initialize') return void told(HELLO)(message, response);
  if (message.method === 'tools/list') return void told(TOOLS)(message, response);
  if (message.method === 'tools/call') return calls(message, response);
  response.writeHead(202).end();
}

async function call(limits: Limits = {}): Promise<Executed> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
  const mcp = (digest?: string) =>
    manifest({
      ...{ name: 'look', type: 'mcp', command: undefined, tool: 'lookup', schema: { input: {}, output: {} } },
      server: { url, private_addresses: ['127.0.0.1'], headers: { 'x-key': { env: 'KEY' } } },
      ...(digest === undefined ? {} : { digest }),
    }) as LoadedToolOf<'mcp'>;
  const { signal } = new AbortController();
  const approved = mcp((await executor.describe(mcp(), signal))?.digest);
  return executor.execute(approved, {
    tool: compileTool(approved),
    arguments: {},
    key: 'key-1',
    attempt: 1,
    caller: { tenant: 'default', session: 's', agent: 'a' },
    limits,
    signal,
  });
}

const spelled = (said: unknown): string =>
  said instanceof Error ? `${said.message} ${said.stack} ${JSON.stringify(said)}` : JSON.stringify(said);
const FORMS = [KEY, encodeURIComponent(KEY), Buffer.from(KEY).toString('base64'), Buffer.from(KEY).toString('hex')];

describe('an MCP server that repeats the key that it was sent', () => {
  it.each<[string, (form: string) => Answer]>([
    ['an answer', (form) => told({ content: [{ type: 'text', text: form }] })],
    ['an answer that is an error', (form) => told({ content: [{ type: 'text', text: form }], isError: true })],
    ['an error of the protocol', (form) => faulty(`No such thing: ${form}`)],
    ['a refusal', (form) => (_message, response) => response.writeHead(500).end(`Not with ${form}`)],
    ['no protocol at all', (form) => (_message, response) => json(response, form)],
  ])('tells it neither the bot nor the operator by %s', async (_how, answering) => {
    for (const form of FORMS) {
      calls = answering(form);
      const executed = await call();
      expect(JSON.stringify(executed)).not.toContain(form);
      expect(heard.map(spelled).join('\n')).not.toContain(form);
    }
  });
});

describe('an MCP server that policy wants in a sandbox', () => {
  it('is not called where it runs elsewhere, in nobody’s sandbox', async () => {
    let called = false;
    calls = (message, response) => {
      called = true;
      told({ content: [] })(message, response);
    };
    expect(await call({ sandbox: 'tight' })).toMatchObject({ fault: { code: 'tool/limit-not-kept' } });
    expect(called).toBe(false);
  });
});

describe('an MCP server that speaks on a stream of its own', () => {
  it('and never comes to the end of a message is not listened to for ever', async () => {
    let sent = 0;
    const closed = new Promise<void>((resolve) => {
      streams = (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.on('close', resolve);
        response.write('data: ');
        const more = () => {
          while (!response.destroyed && sent < 200 * MIB) {
            sent += MIB;
            if (!response.write('x'.repeat(MIB))) return void response.once('drain', more);
          }
          response.end();
        };
        more();
      };
    });
    expect((await call()).kind).toMatch(/^(output|unknown|fault)$/);
    await closed;
    expect(sent).toBeLessThan(60 * MIB);
    streams = (response) => response.writeHead(405).end();
    expect(await call()).toMatchObject({ kind: 'output', output: { text: 'fine' } });
  });

  it('is listened to for as long as its messages are short, however many they are', async () => {
    const note = `data: ${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x'.repeat(MIB) } })}\n\n`;
    const finished = new Promise<boolean>((resolve) => {
      streams = (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.on('close', () => resolve(response.writableFinished));
        for (let sent = 0; sent < 20; sent += 1) response.write(note);
        response.end();
      };
    });
    await call();
    expect(await finished).toBe(true);
  });
});
