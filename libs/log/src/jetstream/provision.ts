import {
  type ConsumerConfig,
  type ConsumerInfo,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  type StreamConfig,
  type StreamInfo,
} from '@nats-io/jetstream';
import { canonical, VoormanError } from '@voorman/envelope';
import { StreamDriftError } from '../errors.js';
import {
  answersConsumer,
  type ConsumerDefinition,
  inboxConsumer,
  logConsumer,
  timersConsumer,
} from './consumer-config.js';
import {
  advisoryStream,
  bundlesStream,
  DEFAULT_SIZES,
  INBOX_STREAM,
  inboxStream,
  LOG_STREAM,
  logStream,
  payloadsStream,
  type StreamDefinition,
  type StreamSizes,
  timersStream,
  timersStreamOf,
} from './stream-config.js';
import { INBOX_READER, insiders, payloadWriters, requireTopology, type Topology, timerOwners } from './topology.js';

/** How many copies streams have, and how large they may grow. */
export interface ProvisionOptions {
  /** Copies of every stream: 1 on one server (default), 3 in a cluster. */
  readonly replicas?: number;
  readonly sizes?: Partial<StreamSizes>;
}

/** What provisioning did: names of streams, and of consumers as `<stream>.<consumer>`. */
export interface Provisioned {
  readonly created: readonly string[];
  readonly changed: readonly string[];
}

/** The streams want more room than the server may use. */
export class StoreTooSmallError extends VoormanError {
  readonly code = 'log/store-too-small';
  readonly next = 'Raise max_file_store of the NATS server, or lower the size of the log or of the payload buckets.';

  constructor(stream: string, options?: ErrorOptions) {
    super(`The server has no room left to reserve for ${stream}.`, options);
  }
}

const INSUFFICIENT_STORAGE = 10047;

/** What may be brought in line without asking; everything else only a person may decide. */
const STREAM_MAY_CHANGE: ReadonlySet<string> = new Set([
  'max_bytes',
  'max_msg_size',
  'max_msgs_per_subject',
  'duplicate_window',
  'compression',
  'num_replicas',
  'republish',
]);
const CONSUMER_MAY_CHANGE: ReadonlySet<string> = new Set([
  'filter_subject',
  'ack_wait',
  'max_deliver',
  'max_ack_pending',
]);

/**
 * Creates every stream and durable of a topology, and brings in line what may change. Repeating it changes nothing.
 * What belongs to somebody who is no longer in the topology stays: it may hold records.
 * @param jsm of the provisioner, a user of the account that owns the streams.
 * @throws {StreamDriftError} something is there that differs in what only a person may decide.
 * @throws {StoreTooSmallError} @throws {InvalidTopologyError}
 */
export async function provision(
  jsm: JetStreamManager,
  topology: Topology,
  options: ProvisionOptions = {},
): Promise<Provisioned> {
  requireTopology(topology);
  // Side by side: in a cluster each of them elects a leader.
  const streams = await Promise.all(streamsOf(topology, options).map((stream) => ensureStream(jsm, stream)));
  const consumers = await Promise.all(
    consumersOf(topology).map(([stream, consumer]) => ensureConsumer(jsm, stream, consumer)),
  );
  const done = (what: Outcome['what']) =>
    [...streams, ...consumers].filter((outcome) => outcome.what === what).map((outcome) => outcome.name);
  return { created: done('created'), changed: done('changed') };
}

/** Every stream of a topology. */
export function streamsOf(topology: Topology, options: ProvisionOptions = {}): StreamDefinition[] {
  const replicas = options.replicas ?? 1;
  const sizes = { ...DEFAULT_SIZES, ...options.sizes };
  return [
    logStream(sizes.logBytes, replicas),
    inboxStream(sizes.inboxBytes, replicas),
    advisoryStream(sizes.advisoryBytes, replicas),
    bundlesStream(sizes.bundlesBytes, replicas),
    ...timerOwners(topology).map((owner) => timersStreamOf(owner, replicas)),
    ...payloadWriters(topology).map((writer) => payloadsStream(writer, sizes.payloadBytes, replicas)),
  ];
}

/** Every durable of a topology, with its stream. */
export const consumersOf = (topology: Topology): [stream: string, ConsumerDefinition][] => [
  ...insiders(topology).map((name): [string, ConsumerDefinition] => [LOG_STREAM, logConsumer(name)]),
  ...topology.publishers.map(({ name, tenant }): [string, ConsumerDefinition] => [
    LOG_STREAM,
    answersConsumer(name, tenant),
  ]),
  ...topology.services
    .filter((service) => service.name === INBOX_READER)
    .map(({ name }): [string, ConsumerDefinition] => [INBOX_STREAM, inboxConsumer(name)]),
  ...timerOwners(topology).map((owner): [string, ConsumerDefinition] => [timersStream(owner), timersConsumer(owner)]),
];

interface Outcome {
  readonly name: string;
  readonly what: 'created' | 'changed' | 'kept';
}

async function ensureStream(jsm: JetStreamManager, want: StreamDefinition): Promise<Outcome> {
  const { name } = want;
  const found = await unlessMissing<StreamInfo>(jsm.streams.info(name), JetStreamApiCodes.StreamNotFound);
  // Asking first: adding an existing stream again is refused once it takes more than half of the store.
  if (found === undefined) {
    await roomFor(name, jsm.streams.add({ ...want }));
    return { name, what: 'created' };
  }
  const { fixed, changes } = compare<StreamConfig>(want, found.config, STREAM_MAY_CHANGE);
  if (fixed.length > 0) throw new StreamDriftError(name, fixed);
  if (Object.keys(changes).length === 0) return { name, what: 'kept' };
  await roomFor(name, jsm.streams.update(name, changes));
  return { name, what: 'changed' };
}

async function ensureConsumer(jsm: JetStreamManager, stream: string, want: ConsumerDefinition): Promise<Outcome> {
  const durable = want.durable_name;
  const name = `${stream}.${durable}`;
  const found = await unlessMissing<ConsumerInfo>(
    jsm.consumers.info(stream, durable),
    JetStreamApiCodes.ConsumerNotFound,
  );
  if (found === undefined) {
    await jsm.consumers.add(stream, { ...want });
    return { name, what: 'created' };
  }
  const { fixed, changes } = compare<ConsumerConfig>(want, found.config, CONSUMER_MAY_CHANGE);
  if (fixed.length > 0) throw new StreamDriftError(name, fixed);
  if (Object.keys(changes).length === 0) return { name, what: 'kept' };
  await jsm.consumers.update(stream, durable, changes);
  return { name, what: 'changed' };
}

/** The fields in which `have` is not what we want, split by whether we may change them. */
function compare<Config extends object>(
  want: Partial<Config>,
  have: Config,
  mayChange: ReadonlySet<string>,
): { fixed: string[]; changes: Partial<Config> } {
  const fixed: string[] = [];
  const changes: Partial<Config> = {};
  for (const key of Object.keys(want) as (keyof Config & string)[]) {
    if (spelled(want[key]) === spelled(have[key])) continue;
    if (mayChange.has(key)) changes[key] = want[key];
    else fixed.push(`${key}: is ${spelled(have[key]) || 'unset'}, should be ${spelled(want[key]) || 'unset'}`);
  }
  return { fixed, changes };
}

/** The server leaves out, or fills in, what means "none"; key order is its own. */
const spelled = (value: unknown): string =>
  value === undefined || value === false || value === 0 || value === -1 ? '' : JSON.stringify(canonical(value));

async function unlessMissing<T>(asked: Promise<T>, missing: number): Promise<T | undefined> {
  try {
    return await asked;
  } catch (fault) {
    if (fault instanceof JetStreamApiError && fault.code === missing) return undefined;
    throw fault;
  }
}

async function roomFor(stream: string, asked: Promise<unknown>): Promise<void> {
  try {
    await asked;
  } catch (cause) {
    if (cause instanceof JetStreamApiError && cause.code === INSUFFICIENT_STORAGE) {
      throw new StoreTooSmallError(stream, { cause });
    }
    throw cause;
  }
}
