import { createHash } from 'node:crypto';
import { canonical, type Fault, type JsonObject, type Recorded } from '@voorman/envelope';
import type { Meaning } from '@voorman/executors';
import { type LoadedTool, nearest } from '@voorman/registry';
import type { Offer } from '../domain/call-command.js';
import type { Origin, Request } from '../domain/call-state.js';
import type { GatewayPorts, Tool } from '../ports.js';
import { expiryOf } from './expiry.js';
import type { Session } from './session-terms.js';

/** A call that somebody wants, understood: by which tool, with what, and what that means. */
export interface Wish {
  /** What wakes the gateway for it. */
  readonly record: Recorded<'tool-requested' | 'approval-given'>;
  readonly origin: Origin;
  readonly request: Request;
  readonly arguments: JsonObject;
  readonly tool: Tool;
  readonly meaning: Meaning;
  readonly session: Session;
  /** When nobody waits for it any more, by the log's clock; absent where somebody does. Milliseconds since 1970. */
  readonly endsAtMs?: number;
}

/** Until when somebody waits for it, as far as anybody knows: what a bot says of its own call counts no longer than its task. */
export const awaitedUntilMs = ({ record, endsAtMs = expiryOf(record) }: Pick<Wish, 'record' | 'endsAtMs'>): number =>
  endsAtMs;

/** A wish of which it is not yet known whether any tool can take it. */
export type RawWish = Omit<Wish, 'tool' | 'meaning'>;

export type Understanding = Wish | { readonly fault: Fault };

/** Finds the tool, checks the arguments against its schema, and reads off them what they mean. */
export async function understood(raw: RawWish, name: string, ports: GatewayPorts): Promise<Understanding> {
  const tools = await ports.tools(raw.session.terms.registry);
  const tool = tools.get(name);
  if (tool === undefined) return { fault: unknownTool(name, [...tools.keys()]) };
  const fault = tool.checkArguments(raw.arguments);
  if (fault !== undefined) return { fault };
  const meaning = await meaningOf(tool, raw.arguments, ports);
  return 'fault' in meaning ? meaning : { ...raw, tool, meaning };
}

/** A throw is our own fault: what nobody understands is refused on record, and counts as a refusal, rather than tried for ever. */
async function meaningOf({ manifest }: Tool, args: JsonObject, { executor, report }: GatewayPorts) {
  try {
    return await executor.meaning(manifest, args);
  } catch (fault) {
    report(manifest.name, fault);
    return { fault: notUnderstood(manifest.name) };
  }
}

/**
 * What is decided on of a tool.
 * @param isDraft it would only prepare something, which may be done any number of times.
 * @param digest of the package that it comes from.
 */
export function offerOf({ manifest }: Tool, isDraft: boolean, digest?: string): Offer {
  const { name, version, effect, retry, budget } = manifest;
  const endpoint = endpointOf(manifest);
  return {
    tool: name,
    version,
    effect: isDraft ? 'repeatable' : effect,
    maxAttempts: retry.max_attempts,
    costUsd: budget.cost_per_call_usd,
    tokens: budget.tokens_per_call,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** Whether calls of the tool prepare something that a person sends. */
export const isDrafting = (tool: Tool): boolean => tool.manifest.type === 'mail' && tool.manifest.mode === 'draft';

/** What fails as one: a service by its address, anything else by its tool; a script depends on nothing outside. */
export function endpointOf(tool: LoadedTool): string | undefined {
  switch (tool.type) {
    case 'api':
      return new URL(tool.endpoint).origin;
    case 'mail':
      return `smtp://${tool.smtp.host}:${tool.smtp.port}`;
    case 'mcp':
      return 'url' in tool.server ? new URL(tool.server.url).origin : `tool:${tool.name}`;
    case 'sql':
    case 'process':
    case 'function':
      return `tool:${tool.name}`;
    case 'script':
      return undefined;
  }
}

/** Of exactly this call: what a person agreed to is this and nothing else. */
export const digestOf = (tool: string, args: JsonObject): string =>
  `sha256:${createHash('sha256')
    .update(JSON.stringify([tool, canonical(args)]))
    .digest('hex')}`;

const notUnderstood = (tool: string): Fault => ({
  code: 'arguments/not-understood',
  message: `The gateway could not tell what these arguments of ${tool} mean.`,
  next: 'Ask in a simpler way; the log of the tool-gateway names the fault.',
});

function unknownTool(name: string, names: readonly string[]): Fault {
  const near = nearest(name, names);
  return {
    code: 'tool/unknown',
    message: `There is no tool called ${name.slice(0, 64)}.${near === undefined ? '' : ` Did you mean ${near}?`}`,
    next: 'Use a tool that the bot’s manifest lists.',
  };
}
