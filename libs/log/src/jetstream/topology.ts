import { FOREMAN, GATEWAY, isToken, JOURNAL, OPERATOR, type Token, VoormanError } from '@voorman/envelope';

/** A service of ours: it may address anyone. */
export interface ServiceUser {
  readonly name: Token;
  /** Whether it sets deadlines (`TIMERS_<name>`). */
  readonly timers: boolean;
  /** Whether it writes content that is too large for a record (`OBJ_payloads_<name>`). */
  readonly payloads: boolean;
}

/** A specialist bot: it addresses only whom policy lets it. */
export interface BotUser {
  readonly name: Token;
  /** Whom its records may wake. Default `DEFAULT_BOT_TARGETS`; never another bot. */
  readonly targets?: readonly Token[];
}

/** Someone outside who puts envelopes into the inbox and follows the answers of one tenant. */
export interface PublisherUser {
  readonly name: Token;
  readonly tenant: Token;
}

/** Who takes part: streams, consumers, users and permissions all follow from this. */
export interface Topology {
  readonly services: readonly ServiceUser[];
  readonly bots: readonly BotUser[];
  readonly publishers: readonly PublisherUser[];
}

/** Follows the inbox. */
export const INBOX_READER = FOREMAN;
/** Writes the bundles bucket. */
export const BUNDLES_WRITER = 'policy';
/** Reads everything, publishes goals through the inbox and has a durable of its own. */
export { OPERATOR };

/** Whom a bot may address where policy says nothing about it. */
export const DEFAULT_BOT_TARGETS: readonly Token[] = [INBOX_READER, GATEWAY, 'memory', JOURNAL];

/** The services that every installation runs. */
export const CORE_SERVICES: readonly ServiceUser[] = [
  { name: INBOX_READER, timers: true, payloads: true },
  { name: GATEWAY, timers: true, payloads: true },
  { name: BUNDLES_WRITER, timers: false, payloads: false },
];

/** A topology in which somebody could pass for somebody else, or that cannot be named in subjects. */
export class InvalidTopologyError extends VoormanError {
  readonly code = 'log/invalid-topology';
  readonly next = 'Give every service, bot and publisher a name of its own out of A-Z, a-z, 0-9, _ and -.';

  constructor(problems: readonly string[]) {
    super(`The participants do not fit together: ${problems.join('; ')}.`);
  }
}

/** Names that mean somebody or something else; the last one, to JavaScript. */
const RESERVED: readonly string[] = [JOURNAL, OPERATOR, '__proto__'];

/**
 * Returns the topology unchanged when every name is a token and unique, upper and lower case taken as one since names
 * become file names. A name is an identity: a publisher that is called like a service would share its durable.
 * @throws {InvalidTopologyError}
 */
export function requireTopology(topology: Topology): Topology {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const { name } of [...topology.services, ...topology.bots, ...topology.publishers]) {
    const folded = name.toLowerCase();
    if (!isToken(name)) problems.push(`"${name.slice(0, 80)}" is not a valid name`);
    else if (RESERVED.includes(folded)) problems.push(`the name ${name} is reserved`);
    else if (seen.has(folded)) problems.push(`${name} is named twice`);
    seen.add(folded);
  }
  for (const { name, tenant } of topology.publishers) {
    if (!isToken(tenant)) problems.push(`the tenant "${tenant.slice(0, 80)}" of ${name} is not a valid token`);
  }
  const bots = new Set(topology.bots.map((bot) => bot.name));
  for (const { name, targets = [] } of topology.bots) {
    for (const target of targets) {
      if (!isToken(target)) problems.push(`the target "${target.slice(0, 80)}" of ${name} is not a valid token`);
      else if (bots.has(target)) problems.push(`${name} may not address the bot ${target}`);
    }
  }
  if (problems.length > 0) throw new InvalidTopologyError(problems);
  return topology;
}

/** Who sets deadlines. */
export const timerOwners = (topology: Topology): Token[] => [
  ...topology.services.filter((service) => service.timers).map((service) => service.name),
  ...topology.bots.map((bot) => bot.name),
];

/** Who writes large content. */
export const payloadWriters = (topology: Topology): Token[] => [
  ...topology.services.filter((service) => service.payloads).map((service) => service.name),
  ...topology.bots.map((bot) => bot.name),
  OPERATOR,
];

/** Everyone who connects to the account in which services run. */
export const insiders = (topology: Topology): Token[] => [
  ...topology.services.map((service) => service.name),
  ...topology.bots.map((bot) => bot.name),
  OPERATOR,
];
