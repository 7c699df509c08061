import { ChangedError, type Trust, verifyEnvelope } from '@voorman/signing';
import type { IndexedTool } from './registry-index.js';
import { digestOfStatement, TOOL_STATEMENT_TYPE, ToolStatement } from './statement.js';

/** A tool that enough trusted people signed, and who they are. */
export interface VerifiedTool {
  readonly statement: ToolStatement;
  readonly signers: readonly string[];
}

/**
 * Believes of an indexed tool what was signed, and only if the index says the same.
 * @throws {SignatureRefusedError} unsigned, changed, expired, revoked, by strangers, or by too few.
 */
export function verifyTool(indexed: IndexedTool, trust: Trust, nowMs: number): VerifiedTool {
  const what = `${indexed.name} ${indexed.version}`;
  const { statement: given, signers } = verifyEnvelope(indexed.envelope, {
    what,
    payloadType: TOOL_STATEMENT_TYPE,
    purpose: 'tools',
    trust,
    nowMs,
  });
  const parsed = ToolStatement.safeParse(given);
  if (!parsed.success) throw new ChangedError(what, 'what was signed does not describe a tool');
  const { name, version } = parsed.data;
  if (name !== indexed.name || version !== indexed.version) {
    throw new ChangedError(what, `it was signed as ${name} ${version}`);
  }
  if (digestOfStatement(parsed.data) !== indexed.digest) throw new ChangedError(what, 'its files are others');
  return { statement: parsed.data, signers };
}

/** The first instant after `nowMs` at which somebody's trust begins or ends; milliseconds since 1970. */
export function nextChangeOfTrust(trust: Trust, nowMs: number): number {
  const instants = [...trust.roots.values()].flatMap((root) => [
    Date.parse(root.valid_from),
    Date.parse(root.valid_until),
  ]);
  return Math.min(Number.POSITIVE_INFINITY, ...instants.filter((instant) => instant > nowMs));
}
