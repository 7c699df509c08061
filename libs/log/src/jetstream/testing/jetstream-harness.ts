import { jetstream } from '@nats-io/jetstream';
import type { Msg, NatsConnection } from '@nats-io/nats-core';
import { Objm } from '@nats-io/obj';
import type { Bundles } from '../../bundles.js';
import type { LogHarness, TestBus, TestServerOptions } from '../../testing/index.js';
import { type LogConnection, type LogSettings, openLog } from '../connection.js';
import { BUNDLES_WRITER, type Topology } from '../topology.js';

/** Services of these names, each with deadlines and large content of its own; nobody else. */
export const servicesOnly = (names: readonly string[]): Topology => ({
  services: names.map((name) => ({ name, timers: true, payloads: true })),
  bots: [],
  publishers: [],
});

/** A real connection of which a test can take away an acknowledgement, or everything at once. */
export interface BreakableConnection extends LogConnection {
  readonly connection: NatsConnection;
  /** The next acknowledgement of an append is thrown away as it arrives. */
  loseNextAcknowledgement(): void;
}

export async function connectBreakable(
  bus: TestBus,
  name: string,
  settings: Partial<LogSettings> = {},
): Promise<BreakableConnection> {
  const connection = await bus.connect(name, { ignoreAuthErrorAbort: true, noAsyncTraces: true });
  const losses = { due: 0 };
  return {
    ...openLog(losing(connection, losses), { name, ...settings }),
    connection,
    loseNextAcknowledgement: () => {
      losses.due += 1;
    },
  };
}

/** The same connection, save that acknowledgements which are due for it never arrive. */
const losing = (connection: NatsConnection, losses: { due: number }): NatsConnection =>
  new Proxy(connection, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (property === 'subscribe') {
        return (subject: string, options: { callback?: (fault: Error | null, message: Msg) => void } = {}) =>
          target.subscribe(subject, {
            ...options,
            ...(options.callback === undefined
              ? {}
              : {
                  callback: (fault: Error | null, message: Msg) => {
                    if (losses.due > 0 && fault === null && isAcknowledgement(message)) losses.due -= 1;
                    else options.callback?.(fault, message);
                  },
                }),
          });
      }
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

const isAcknowledgement = (message: Msg): boolean =>
  message.headers === undefined && message.string().startsWith('{"stream":"LOG"');

/** The contract's harness over real servers. */
export async function jetStreamHarness(
  start: (options: TestServerOptions) => Promise<TestBus>,
  names: readonly string[],
): Promise<LogHarness<BreakableConnection>> {
  const bus = await start({ topology: servicesOnly([...names, BUNDLES_WRITER]) });
  const owner = jetstream(await bus.provisioner());
  const policy = await connectBreakable(bus, BUNDLES_WRITER);
  return {
    guarded: true,
    connect: async (name) => {
      const connected = await connectBreakable(bus, name);
      const { bundles } = connected;
      // One service writes bundles, the others read them.
      const shared: Bundles = {
        put: (bundle, content) => policy.bundles.put(bundle, content),
        get: (bundle) => bundles.get(bundle),
        watch: (changed) => bundles.watch(changed),
      };
      return { ...connected, bundles: shared };
    },
    stop: () => bus.stop(),
    publish: async (tenant, publisher, target, body) => {
      await owner.publish(`inbox.${tenant}.${publisher}.${target}`, body);
    },
    faults: {
      loseNextAcknowledgement: (connection) => connection.loseNextAcknowledgement(),
      kill: (connection) => connection.connection.close(),
      corrupt: async (ref) => {
        const [bucket = '', name = ''] = ref.ref.split('/');
        await (await new Objm(owner).open(bucket)).putBlob({ name }, new TextEncoder().encode('something else'));
      },
    },
  };
}
