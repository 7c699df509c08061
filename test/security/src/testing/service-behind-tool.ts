import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject, Recorded } from '@voorman/envelope';
import { ApiExecutor, type SecretStore, WorldExecutor } from '@voorman/executors';
import type { PolicyInput } from '@voorman/policy';
import { Digester, redact } from '@voorman/redaction';
import { type CompiledTool, compileTool, type LoadedTool } from '@voorman/registry';
import { decision, GatewaySession, manifest } from '@voorman/tool-gateway/testing';

/** What reached the service. */
export interface Heard {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly raw: readonly string[];
  readonly body: string;
}
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What one call came to: the last that its bot was told, all that is on record as text, and what policy was asked. */
export interface CallOutcome {
  readonly told: Recorded | undefined;
  readonly log: string;
  readonly asked: readonly PolicyInput[];
}

/**
 * From a bot's wish to a service of its own, through everything between them: the gateway, its executor, redaction, the
 * log. The service writes down what reached it; the log, what came of it.
 */
export class ServiceBehindTool {
  static readonly SECRET = 'plant-5f1c/9d+e2=a&77';
  heard: Heard[] = [];
  answer: (heard: Heard) => Answer = () => ({ body: '{"text":"fine"}' });
  readonly #executor: ApiExecutor;
  readonly #server: Server;

  private constructor(secrets: SecretStore) {
    this.#executor = new ApiExecutor({ secrets });
    this.#server = createServer(async (request, response) => {
      let body = '';
      for await (const part of request) body += part;
      const heard = { path: request.url ?? '', headers: request.headers, raw: request.rawHeaders, body };
      this.heard.push(heard);
      const told = this.answer(heard);
      response.writeHead(told.status ?? 200, { 'content-type': 'application/json', ...told.headers });
      response.end(told.body);
    });
  }

  /** @param secrets default: every reference leads to `SECRET`. */
  static async start(
    secrets: SecretStore = { read: async () => ServiceBehindTool.SECRET },
  ): Promise<ServiceBehindTool> {
    const service = new ServiceBehindTool(secrets);
    await new Promise<void>((resolve) => service.#server.listen(0, '127.0.0.1', resolve));
    return service;
  }

  async stop(): Promise<void> {
    await this.#executor.stop();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Forgets what it heard, and answers as at first. */
  reset(): void {
    this.heard = [];
    this.answer = () => ({ body: '{"text":"fine"}' });
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** One call through all of it. @param more fields of the tool's manifest. */
  async call(args: JsonObject, more: Record<string, unknown> = {}): Promise<CallOutcome> {
    const session = new GatewaySession();
    session.tools.set('items', this.#tool(more));
    const digester = new Digester(Buffer.from('a key for these specs only'));
    const asked: PolicyInput[] = [];
    const decide = (input: PolicyInput) => {
      asked.push(input);
      return decision;
    };
    await session.gateway(() => Promise.reject(new Error('unused')), {
      policy: { revision: 'r1', decide },
      executor: new WorldExecutor({ api: this.#executor }),
      redact: async (output, fields, keep) => {
        const { value, redacted } = redact(output, { fields, keep, digester });
        return { output: value, redacted };
      },
    });
    await session.request('c1', 'items', args);
    const told = (await session.answers()).at(-1);
    return { told, log: JSON.stringify(await session.written()), asked };
  }

  #tool(more: Record<string, unknown>): CompiledTool<LoadedTool> {
    return compileTool(
      manifest({
        ...{ name: 'items', type: 'api', command: undefined, method: 'POST', private_addresses: ['127.0.0.1'] },
        endpoint: `http://${this.host}/v1`,
        secrets: { key: { file: 'key' } },
        request: {
          path: '/items/{id}',
          query: { q: '{{ args.q }}' },
          headers: { Authorization: 'Bearer {{ secrets.key }}', 'X-Note': '{{ args.note }}' },
          body: { text: '{{ args.text }}', fixed: { admin: false } },
        },
        schema: {
          input: { id: 'string', 'q?': 'string', 'note?': 'string', 'text?': 'string' },
          output: { text: 'string' },
        },
        timeout_ms: 5_000,
        ...more,
      }),
    );
  }
}
