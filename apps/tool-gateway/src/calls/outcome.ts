import { type Fault, type JsonObject, MAX_INLINE_BYTES } from '@voorman/envelope';
import type { Executed } from '@voorman/executors';
import type { Result } from '../domain/call-command.js';
import type { Duties } from '../domain/duties.js';
import type { GatewayPorts, Tool } from '../ports.js';
import type { Wish } from './wish.js';

/** What came of an attempt once its output was looked at. */
export interface Outcome {
  readonly result: Result;
  /** Whether the same attempt may go well a moment later. */
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  /** The tool did something, although what it gave is no good: nothing may stand in for it. */
  readonly hasActed: boolean;
  /** The output says that something was prepared, and not sent. */
  readonly isDraft: boolean;
}

/** Room that a record needs besides the output. Bytes. */
const MAX_OUTPUT_BYTES = MAX_INLINE_BYTES - 4_096;

const encoder = new TextEncoder();

/**
 * Turns what an executor gave into what may be recorded: what breaks its own schema is a fault, what must not be known is
 * taken out, what is too large lies in the object store.
 * @throws what the object store throws.
 */
export async function outcomeOf(
  executed: Executed,
  { tool, arguments: args }: Pick<Wish, 'tool' | 'arguments'>,
  duties: Duties,
  ports: Pick<GatewayPorts, 'redact' | 'payloads'>,
): Promise<Outcome> {
  const { durationMs, retryable } = executed;
  const cost = executed.cost === undefined ? {} : { cost: executed.cost };
  const pause = executed.retryAfterMs === undefined ? {} : { retryAfterMs: executed.retryAfterMs };
  const mark = mayBeFromOutside(tool, args) ? ({ untrusted: true } as const) : {};
  if (executed.kind !== 'output') {
    const { kind } = executed;
    const fault = await withoutSecrets(executed.fault, tool, ports);
    const result = { kind, fault, durationMs, ...cost, ...mark };
    return { result, retryable, ...pause, hasActed: false, isDraft: false };
  }
  const broken = tool.checkOutput(executed.output);
  // It names the fields that the tool made up, and those may say anything.
  if (broken !== undefined) return noGood(await withoutSecrets(broken, tool, ports), executed, tool, mark);
  const { data_classes, redact } = tool.manifest;
  const looked = await ports.redact(executed.output, [...redact.fields, ...duties.redact], redact.keep);
  if (looked === undefined) return noGood(notLookedThrough(tool.manifest.name), executed, tool);
  const { output, redacted } = looked;
  return {
    result: {
      kind: 'output',
      durationMs,
      ...cost,
      ...(await placed(output, ports)),
      ...mark,
      ...(executed.note === undefined ? {} : { note: await noteWithoutSecrets(executed.note, tool, ports) }),
      ...(redacted.length === 0 ? {} : { redacted: [...redacted].slice(0, 1_000) }),
      ...(data_classes.length === 0 ? {} : { data_classes }),
    },
    retryable: false,
    hasActed: true,
    isDraft: tool.manifest.type === 'mail' && executed.output.status === 'draft',
  };
}

/** What a tool gave that cannot be handed on. */
function noGood(fault: Fault, { durationMs, cost }: Executed, { manifest }: Tool, mark: Mark = {}): Outcome {
  const isOnce = manifest.effect === 'once';
  return {
    result: { kind: 'fault', fault, durationMs, ...(cost === undefined ? {} : { cost }), ...mark },
    retryable: !isOnce,
    hasActed: isOnce,
    isDraft: false,
  };
}

/** Why a tool failed may be told in its own words, and these may hold anything; so may what it calls the fault. */
async function withoutSecrets({ code, message, next }: Fault, tool: Tool, ports: Redacting): Promise<Fault> {
  const said = await wordsWithoutSecrets({ code, message }, tool, ports);
  return { code: said.code ?? 'tool/failed', message: said.message ?? UNSPEAKABLE, next };
}

async function noteWithoutSecrets(note: string, tool: Tool, ports: Redacting): Promise<string> {
  const said = await wordsWithoutSecrets({ note }, tool, ports);
  return (said.note ?? UNSPEAKABLE).slice(0, 1_000);
}

async function wordsWithoutSecrets(
  words: Readonly<Record<string, string>>,
  { manifest }: Tool,
  { redact }: Redacting,
): Promise<Partial<Record<string, string>>> {
  const { output = {} } = (await redact(words, [], manifest.redact.keep)) ?? {};
  return Object.fromEntries(Object.entries(output).map(([name, value]) => [name, String(value)]));
}

const UNSPEAKABLE = 'What the tool said of it could not be looked through.';

const notLookedThrough = (tool: string): Fault => ({
  code: 'output/not-looked-through',
  message: `What ${tool} gave could not be looked through for secrets in its time, so nothing of it is kept.`,
  next: 'Ask for less at once, or finish without this tool.',
});

type Redacting = Pick<GatewayPorts, 'redact'>;

async function placed(output: JsonObject, { payloads }: Pick<GatewayPorts, 'payloads'>) {
  const bytes = encoder.encode(JSON.stringify(output));
  if (bytes.length <= MAX_OUTPUT_BYTES) return { output };
  return { output_ref: await payloads.put(only(bytes), 'application/json') };
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

interface Mark {
  readonly untrusted?: true;
}

/**
 * Only code of the registry's own says nothing that a stranger wrote, and that only where it was given no text: a script that
 * reshapes a page hands on what stands there.
 */
const mayBeFromOutside = ({ manifest }: Tool, args: JsonObject): boolean =>
  (manifest.type !== 'function' && manifest.type !== 'script') || Object.values(args).some(mayHoldText);

/** The names of an object's fields are text as well, but for the parameters' own. */
const mayHoldText = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.some(mayHoldText)
    : typeof value === 'string' || (typeof value === 'object' && value !== null && Object.keys(value).length > 0);

export const ownFault = (tool: string): Fault => ({
  code: 'tool/gateway-fault',
  message: `The gateway met a fault of its own while it carried out ${tool}; the tool may or may not have acted.`,
  next: 'Look at the log of the tool-gateway, which names the fault.',
});
