import { join } from 'node:path';
import { CORE_SERVICES, connectLog, type LogConnection } from '@voorman/log/jetstream';
import { startTestServer, type TestServer } from '@voorman/log/testing';
import { publishRegistry, ROOT, registryFolders, type ServiceProcess, startService } from '@voorman/test-stack';

/** A private stack: one NATS server, the services as processes of their own, and the bot that calls a no-op tool. */
export interface BenchStack {
  readonly server: TestServer;
  readonly services: readonly ServiceProcess[];
  /** The operator's connection: publishes goals, reads the log. */
  readonly operator: LogConnection;
  stop(): Promise<void>;
}

export const BENCH_REGISTRY = join(ROOT, 'test', 'bench', 'registry');
export const PUBLISHER = { name: 'bench', tenant: 'default' } as const;
export const BOT = 'noop-bot';

export async function startStack(relaxed: boolean): Promise<BenchStack> {
  const server = await startTestServer({
    relaxed,
    topology: { services: CORE_SERVICES, bots: [{ name: BOT }], publishers: [PUBLISHER] },
  });
  const services: ServiceProcess[] = [];
  const stop = async () => {
    await Promise.all(services.map((service) => service.stop()));
    await server.stop();
  };
  try {
    const registry = registryFolders(BENCH_REGISTRY);
    await publishRegistry(server, registry);
    services.push(await startService(server, { app: 'policy', name: 'policy', registry }));
    services.push(
      ...(await Promise.all([
        startService(server, { app: 'orchestrator', name: 'orchestrator', registry }),
        startService(server, { app: 'tool-gateway', name: 'tool-gateway', registry }),
        startService(server, {
          app: 'worker-agent',
          name: BOT,
          args: ['--agent', join(BENCH_REGISTRY, 'agents', 'noop-bot.yaml')],
          registry,
        }),
      ])),
    );
    const credentials = server.credentialsFor('cli');
    if (!('nkeySeed' in credentials)) throw new Error('the operator has no key');
    const operator = await connectLog({
      servers: [server.url],
      name: 'cli',
      credentials,
    });
    return {
      server,
      services,
      operator,
      stop: async () => {
        await operator.close();
        await stop();
      },
    };
  } catch (fault) {
    await stop();
    throw fault;
  }
}
