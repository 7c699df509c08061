import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sessionStory } from '@voorman/envelope';
import { CORE_SERVICES, connectLog, type LogConnection } from '@voorman/log/jetstream';
import { startTestServer, type TestServer } from '@voorman/log/testing';
import {
  Publisher,
  publishRegistry,
  type ServiceOptions,
  type ServiceProcess,
  startService,
} from '@voorman/test-stack';
import { writePolicies, writeRegistry } from './registry.js';
import { startWitness, type Witness } from './witness.js';

export const PUBLISHER = { name: 'crm', tenant: 'default' } as const;
export const BOTS = ['alpha', 'beta'] as const;

/** A whole stack on one machine whose every part can be killed, and which starts again what was killed. */
export class Yard {
  private constructor(
    readonly server: TestServer,
    readonly witness: Witness,
    readonly publisher: Publisher,
    readonly operator: LogConnection,
    private readonly folder: string,
    private readonly options: ReadonlyMap<string, ServiceOptions>,
    private readonly services: Map<string, ServiceProcess>,
  ) {}

  /** @param without services that are not started. */
  static async open(without: readonly string[] = []): Promise<Yard> {
    const folder = await mkdtemp(join(tmpdir(), 'voorman-crash-'));
    const witness = await startWitness(20);
    const manifests = await writeRegistry(join(folder, 'registry'), witness.url, BOTS);
    const registry = [join(folder, 'registry')];
    const env = { VOORMAN_POLICIES: await writePolicies(join(folder, 'policies')) };
    const server = await startTestServer({
      relaxed: false,
      topology: { services: CORE_SERVICES, bots: BOTS.map((name) => ({ name })), publishers: [PUBLISHER] },
    });
    await publishRegistry(server, registry);
    const options = new Map<string, ServiceOptions>([
      ['policy', { app: 'policy', name: 'policy', registry, env }],
      ['orchestrator', { app: 'orchestrator', name: 'orchestrator', registry }],
      ['tool-gateway', { app: 'tool-gateway', name: 'tool-gateway', registry }],
      ...BOTS.map((name): [string, ServiceOptions] => [
        name,
        { app: 'worker-agent', name, args: ['--agent', manifests.get(name) ?? ''], registry },
      ]),
    ]);
    const services = new Map<string, ServiceProcess>();
    for (const [name, option] of options) {
      if (!without.includes(name)) services.set(name, await startService(server, option));
    }
    const credentials = server.credentialsFor('cli');
    if (!('nkeySeed' in credentials)) throw new Error('the operator has no key');
    const operator = await connectLog({ servers: [server.url], name: 'cli', credentials });
    const publisher = await Publisher.connect(server, PUBLISHER.name, PUBLISHER.tenant);
    return new Yard(server, witness, publisher, operator, folder, options, services);
  }

  /** SIGKILL to a service, at once a new one; resolves with the milliseconds from its start until it listens. */
  async crash(name: string): Promise<number> {
    await this.services.get(name)?.kill();
    const option = this.options.get(name);
    if (!option) throw new Error(`there is no ${name}`);
    const began = performance.now();
    this.services.set(name, await startService(this.server, option));
    return performance.now() - began;
  }

  /** SIGKILL to the server, then a new one on the same data. */
  async crashServer(): Promise<number> {
    await this.server.kill();
    const began = performance.now();
    await this.server.restart();
    return performance.now() - began;
  }

  /** SIGTERM; resolves with the exit code. */
  async stopService(name: string): Promise<number | null | undefined> {
    const code = await this.services.get(name)?.stop();
    this.services.delete(name);
    return code;
  }

  async startService(name: string): Promise<void> {
    const option = this.options.get(name);
    if (!option) throw new Error(`there is no ${name}`);
    this.services.set(name, await startService(this.server, option));
  }

  /** Milliseconds until the log grows beyond what it is now: how long nothing went on. */
  async untilWorkGoesOn(source: string): Promise<number> {
    const began = performance.now();
    const filter = `log.*.*.*.*.${source}` as ReturnType<typeof sessionStory>;
    const before = await this.operator.log.last(filter);
    while (performance.now() - began < 30_000) {
      if ((await this.operator.log.last(filter)) > before) return performance.now() - began;
      await wait(20);
    }
    return Number.POSITIVE_INFINITY;
  }

  async close(): Promise<void> {
    await this.operator.close();
    await Promise.all([...this.services.values()].map((service) => service.stop()));
    await this.server.stop();
    await this.witness.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
