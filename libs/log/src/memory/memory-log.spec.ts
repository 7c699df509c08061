import type { PayloadRef } from '@voorman/envelope';
import { logContract } from '../testing/log.contract.js';
import { type MemoryConnection, memoryConnection } from './connection.js';
import { MemoryStore } from './store.js';
import { VirtualTime } from './virtual-time.js';
import { CALM, type Weather } from './weather.js';

/** A store in virtual time, with the faults that a harness can offer. */
function start(cluster: boolean) {
  const time = new VirtualTime();
  const store = new MemoryStore({ scheduler: time, cluster });
  const losing = new Map<MemoryConnection, () => void>();
  return Promise.resolve({
    clock: { nowMs: () => time.nowMs(), wait: (ms: number) => time.wait(ms) },
    guarded: true,
    connect(name: string) {
      let lose = false;
      const weather: Weather = {
        nowMs: () => time.nowMs(),
        after: (ms, run) => time.after(ms, run),
        fate: (operation) => {
          const lostBack = lose && operation === 'append';
          if (lostBack) lose = false;
          return { ...CALM, lostBack, inFlightMs: 3 };
        },
      };
      const connection = memoryConnection(store, name, weather);
      losing.set(connection, () => {
        lose = true;
      });
      return Promise.resolve(connection);
    },
    publish: (tenant: string, publisher: string, target: string, body: Uint8Array) => {
      store.publish({ tenant, publisher, target, body });
      return Promise.resolve();
    },
    faults: {
      loseNextAcknowledgement: (connection: MemoryConnection) => losing.get(connection)?.(),
      kill: (connection: MemoryConnection) => Promise.resolve(connection.kill()),
      corrupt: ({ ref, media_type }: PayloadRef) =>
        Promise.resolve(store.putContent(ref, { pieces: [new Uint8Array([1, 2, 3])], mediaType: media_type })),
    },
    stop: () => Promise.resolve(store.close()),
  });
}

logContract('the log in memory, as one server', () => start(false));
logContract('the log in memory, as a cluster', () => start(true), { rounds: 200 });
