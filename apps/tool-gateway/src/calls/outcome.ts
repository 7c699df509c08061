import { type Fault, type JsonObject, MAX_INLINE_BYTES } from '@voorman/envelope';
import type { Executed } from '@voorman/executors';
import type { Result } from '../domain/call-command.js';
import type { Duties } from '../domain/duties.js';
import type { GatewayPorts, Tool } from '../ports.js';

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
  tool: Tool,
  duties: Duties,
  ports: Pick<GatewayPorts, 'redact' | 'payloads'>,
): Promise<Outcome> {
  const { durationMs, retryable } = executed;
  const cost = executed.cost === undefined ? {} : { cost: executed.cost };
  const pause = executed.retryAfterMs === undefined ? {} : { retryAfterMs: executed.retryAfterMs };
  if (executed.kind !== 'output') {
    const { kind } = executed;
    const fault = withoutSecrets(executed.fault, tool, ports);
    return { result: { kind, fault, durationMs, ...cost }, retryable, ...pause, hasActed: false, isDraft: false };
  }
  const broken = tool.checkOutput(executed.output);
  if (broken !== undefined) {
    const isOnce = tool.manifest.effect === 'once';
    // It names the fields that the tool made up, and those may say anything.
    const fault = withoutSecrets(broken, tool, ports);
    return {
      result: { kind: 'fault', fault, durationMs, ...cost },
      retryable: !isOnce,
      hasActed: isOnce,
      isDraft: false,
    };
  }
  const { data_classes, redact } = tool.manifest;
  const { output, redacted } = ports.redact(executed.output, [...redact.fields, ...duties.redact], redact.keep);
  return {
    result: {
      kind: 'output',
      durationMs,
      ...cost,
      ...(await placed(output, ports)),
      ...(isFromOutside(tool) ? { untrusted: true } : {}),
      ...(executed.note === undefined ? {} : { note: noteWithoutSecrets(executed.note, tool, ports) }),
      ...(redacted.length === 0 ? {} : { redacted: [...redacted].slice(0, 1_000) }),
      ...(data_classes.length === 0 ? {} : { data_classes }),
    },
    retryable: false,
    hasActed: true,
    isDraft: tool.manifest.type === 'mail' && executed.output.status === 'draft',
  };
}

/** Why a tool failed may be told in its own words, and these may hold anything; so may what it calls the fault. */
function withoutSecrets({ code, message, next }: Fault, { manifest }: Tool, { redact }: Redacting): Fault {
  const { output } = redact({ code, message }, [], manifest.redact.keep);
  return { code: String(output.code), message: String(output.message), next };
}

function noteWithoutSecrets(note: string, { manifest }: Tool, { redact }: Redacting): string {
  const { output } = redact({ note }, [], manifest.redact.keep);
  return String(output.note).slice(0, 1_000);
}

type Redacting = Pick<GatewayPorts, 'redact'>;

async function placed(output: JsonObject, { payloads }: Pick<GatewayPorts, 'payloads'>) {
  const bytes = encoder.encode(JSON.stringify(output));
  if (bytes.length <= MAX_OUTPUT_BYTES) return { output };
  return { output_ref: await payloads.put(only(bytes), 'application/json') };
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Only code of the registry's own says nothing that a stranger wrote. */
const isFromOutside = ({ manifest }: Tool): boolean => manifest.type !== 'function' && manifest.type !== 'script';

export const ownFault = (tool: string): Fault => ({
  code: 'tool/gateway-fault',
  message: `The gateway met a fault of its own while it carried out ${tool}; the tool may or may not have acted.`,
  next: 'Look at the log of the tool-gateway, which names the fault.',
});
