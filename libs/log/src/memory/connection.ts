import type { Token } from '@voorman/envelope';
import type { Bundles } from '../bundles.js';
import type { GiveUpOptions } from '../given-up.js';
import type { Inbox, InboxMessage } from '../inbox.js';
import type { Following, Log } from '../log.js';
import type { Payloads } from '../payloads.js';
import type { DueTimer, TimerKey, Timers } from '../timers.js';
import { MemoryPayloads } from './content.js';
import { type Follow, Follower } from './follower.js';
import { Link } from './link.js';
import { MemoryLog } from './memory-log.js';
import type { MemoryStore } from './store.js';
import { calmWeather, type Weather } from './weather.js';

/** Due timers and inbox messages handled at once in one process. */
const SLOTS = 64;

/** One process of a service on a store in memory. */
export interface MemoryConnection {
  readonly log: Log;
  readonly timers: Timers;
  readonly payloads: Payloads;
  readonly inbox: Inbox;
  readonly bundles: Bundles;
  /** Hands back at once what is held; wait for `drain` of the followings before where it shall be finished. */
  close(): Promise<void>;
  /**
   * Ends the process without a word, as SIGKILL would: what it sent still arrives, what it holds comes again after the
   * durable's wait, and none of its pending promises ever settles.
   */
  kill(): void;
}

/**
 * Connects a service to a store in memory. Two connections under one name are two replicas.
 * @param weather what happens between this process and the store. Default: nothing takes time, nothing is lost.
 */
export function memoryConnection(
  store: MemoryStore,
  name: Token,
  weather: Weather = calmWeather(store.scheduler),
): MemoryConnection {
  const link = new Link(name, weather);
  const followings = new Set<Following>();
  const payloads = new MemoryPayloads(store, link);
  const log = new MemoryLog(store, link, payloads, followings);
  const watches = new Set<() => void>();

  const followed = (following: Following): Promise<Following> => {
    followings.add(following);
    return Promise.resolve(following);
  };
  const timers: Timers = {
    set: (key, atMs) => link.ask('timer', 'setting a timer', (fate) => store.setTimer(name, key, atMs, fate.behindMs)),
    cancel: (key) => link.ask('timer', 'cancelling a timer', () => store.cancelTimer(name, key)),
    follow: (handler, options) =>
      followed(
        new Follower<DueTimer>(link, store.dueTimers(name), {
          slots: SLOTS,
          handle: (due) => handler(due),
          ...givingUp(name, options, (due) => `timer.due.${name}.${placeOf(due)}`),
        }),
      ),
  };
  const inbox: Inbox = {
    follow: (handler, options) =>
      followed(
        new Follower<InboxMessage>(link, store.inbox, {
          slots: SLOTS,
          handle: (message) => handler(message),
          ...givingUp(name, options, ({ tenant, publisher, target }) => `inbox.${tenant}.${publisher}.${target}`),
        }),
      ),
  };
  const bundles: Bundles = {
    put: (bundle, content) => link.ask('content', `storing ${bundle}`, () => store.putBundle(bundle, content)),
    get: (bundle) => link.ask('content', `reading ${bundle}`, () => store.bundle(bundle)),
    watch(changed) {
      const stop = store.watchBundles((bundle) => {
        if (!link.isCut) changed(bundle);
      });
      watches.add(stop);
      return stop;
    },
  };
  const unwatch = (): void => {
    for (const stop of watches) stop();
  };
  return {
    log,
    timers,
    payloads,
    inbox,
    bundles,
    async close() {
      unwatch();
      await Promise.all([...followings].map((following) => following.drain(0)));
    },
    kill() {
      unwatch();
      link.cut();
    },
  };
}

const placeOf = ({ tenant, session, task, purpose }: TimerKey): string => [tenant, session, task, purpose].join('.');

/** What becomes of an item after its last delivery, where whoever follows says so. */
const givingUp = <Item>(
  consumer: Token,
  { maxDeliveries = 20, giveUp }: GiveUpOptions<Item> = {},
  subjectOf: (item: Item) => string,
): Pick<Follow<Item>, 'quarantine'> =>
  giveUp === undefined
    ? {}
    : {
        quarantine: {
          maxDeliveries,
          setAside: (item, deliveries, reason, position) =>
            giveUp(item, {
              position,
              subject: subjectOf(item),
              consumer,
              deliveries,
              reason: reason.slice(0, 2_000),
            }),
        },
      };
