import { JOURNAL, type Token } from '@voorman/envelope';
import {
  BUNDLE_NOTICES,
  BUNDLES_BUCKET,
  bucketStream,
  INBOX_STREAM,
  LOG_STREAM,
  payloadsBucket,
  timersStream,
} from './stream-config.js';
import {
  type BotUser,
  BUNDLES_WRITER,
  DEFAULT_BOT_TARGETS,
  INBOX_READER,
  OPERATOR,
  type PublisherUser,
  type ServiceUser,
} from './topology.js';

/** What of the JetStream API the accounts APP and EXT see, under this prefix. */
export const API_PREFIX = 'store.api';

/** Subjects that a user may publish to and subscribe to. Allow lists only: a deny list misses what nobody thought of. */
export interface Permissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** The prefix of a user's reply subjects; no other user can subscribe under it. */
export const inboxPrefix = (name: Token): string => `_INBOX_${name}`;

/** A service of ours writes under its own name to anyone. */
export const servicePermissions = (service: ServiceUser): Permissions => ({
  publish: [
    `log.*.*.*.*.${service.name}`,
    ...follow(LOG_STREAM, service.name),
    ...readStore(),
    ...(service.timers ? ownTimers(service.name) : []),
    ...(service.payloads ? ownBucket(payloadsBucket(service.name)) : []),
    ...(service.name === INBOX_READER ? follow(INBOX_STREAM, service.name) : []),
    ...(service.name === BUNDLES_WRITER ? ownBucket(BUNDLES_BUCKET) : []),
  ],
  subscribe: subscriptions(service.name),
});

/** A bot writes under its own name, to the targets that it may address. */
export const botPermissions = (bot: BotUser): Permissions => ({
  publish: [
    ...(bot.targets ?? DEFAULT_BOT_TARGETS).map((target) => `log.${target}.*.*.*.${bot.name}`),
    ...follow(LOG_STREAM, bot.name),
    ...readStore(),
    ...ownTimers(bot.name),
    ...ownBucket(payloadsBucket(bot.name)),
  ],
  subscribe: subscriptions(bot.name),
});

/**
 * The person at this machine publishes goals for any tenant, cancels sessions, and looks at everything. It puts policy and
 * tools into the store, where their signatures say whether anybody takes them.
 */
export const operatorPermissions = (): Permissions => ({
  publish: [
    `inbox.*.${OPERATOR}.*`,
    `log.${INBOX_READER}.*.*.*.${OPERATOR}`,
    `log.${JOURNAL}.*.*.*.${OPERATOR}`,
    ...follow(LOG_STREAM, OPERATOR),
    ...readStore(),
    ...ownBucket(payloadsBucket(OPERATOR)),
    ...ownBucket(BUNDLES_BUCKET),
    `${API_PREFIX}.CONSUMER.INFO.*.*`,
    `${API_PREFIX}.STREAM.INFO.*`,
  ],
  subscribe: subscriptions(OPERATOR),
});

/** An outside publisher reaches its part of the inbox and its answers; nothing else. */
export const publisherPermissions = ({ name, tenant }: PublisherUser): Permissions => ({
  publish: [`inbox.${tenant}.${name}.*`, ...follow(LOG_STREAM, name)],
  subscribe: [`${inboxPrefix(name)}.>`],
});

/** Takes and acknowledges through its own durable. Never CONSUMER.CREATE: its body decides whose durable it changes. */
const follow = (stream: string, durable: Token): string[] => [
  `${API_PREFIX}.CONSUMER.INFO.${stream}.${durable}`,
  `${API_PREFIX}.CONSUMER.MSG.NEXT.${stream}.${durable}`,
  `$JS.ACK.${stream}.${durable}.>`,
];

/** Reads the log from its leader, and the log and every bucket from any replica (the other streams allow no direct read). */
const readStore = (): string[] => [`${API_PREFIX}.STREAM.MSG.GET.${LOG_STREAM}`, `${API_PREFIX}.DIRECT.GET.>`];

const ownTimers = (owner: Token): string[] => [
  `timer.set.${owner}.>`,
  `${API_PREFIX}.STREAM.PURGE.${timersStream(owner)}`,
  ...follow(timersStream(owner), owner),
];

const ownBucket = (bucket: string): string[] => [
  `$O.${bucket}.>`,
  `${API_PREFIX}.STREAM.INFO.${bucketStream(bucket)}`,
  `${API_PREFIX}.STREAM.MSG.GET.${bucketStream(bucket)}`,
  `${API_PREFIX}.STREAM.PURGE.${bucketStream(bucket)}`,
];

const subscriptions = (name: Token): string[] => [`${inboxPrefix(name)}.>`, `${BUNDLE_NOTICES}.>`];
