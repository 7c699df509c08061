import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { ApiExecutor, type ApiExecutorOptions } from '../api/api-executor.js';
import type { ApiManifest } from '../api/request.js';
import type { Executed, Execution } from '../executor.js';
import { attemptOf, loadedTool } from './tool-call.js';

/** Real servers on the loopback and the executor that calls them, all ended together. */
export class ApiWorld {
  readonly #servers: Server[] = [];
  readonly #executors: ApiExecutor[] = [];

  /** @param address of the loopback, default 127.0.0.1; returns the port. */
  async serve(listener: RequestListener, tls?: ServerOptions, address = '127.0.0.1'): Promise<number> {
    const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
    this.#servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, address, resolve));
    return (server.address() as AddressInfo).port;
  }

  executor(options: ApiExecutorOptions = {}): ApiExecutor {
    const executor = new ApiExecutor(options);
    this.#executors.push(executor);
    return executor;
  }

  async end(): Promise<void> {
    for (const executor of this.#executors.splice(0)) await executor.stop();
    for (const server of this.#servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  }
}

/** The manifest of a tool behind an address. @param more fields that differ. */
export const apiTool = (endpoint: string, more: object = {}): ApiManifest =>
  loadedTool('api', {
    name: 'search_web',
    endpoint,
    schema: { input: { 'query?': 'string' }, output: {} },
    timeout_ms: 5_000,
    ...more,
  });

/** One call of it. @param more what differs from a first attempt. */
export const callOf = (executor: ApiExecutor, tool: ApiManifest, more: Partial<Execution> = {}): Promise<Executed> =>
  executor.execute(tool, attemptOf(tool, { query: 'x' }, more));

/** All that a client sent. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += part;
  return text;
}
