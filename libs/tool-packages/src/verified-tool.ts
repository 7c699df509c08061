import { ChangedError, ExpiredError, type Trust, verifyEnvelope } from '@voorman/signing';
import { digestOf, TOOL_STATEMENT, ToolStatement } from './statement.js';

/** A tool that may be used, and by whose word. */
export interface VerifiedTool {
  readonly statement: ToolStatement;
  readonly signers: readonly string[];
}

/**
 * The statement about a tool, if enough trusted people signed it for exactly this content.
 * @throws {SignatureRefusedError} otherwise, with the reason.
 */
export function verifyTool(
  tool: { readonly name: string; readonly version: string; readonly digest: string; readonly envelope?: unknown },
  trust: Trust,
  nowMs: number,
): VerifiedTool {
  const what = `${tool.name} ${tool.version}`;
  const { statement: given, signers } = verifyEnvelope(tool.envelope, {
    what,
    payloadType: TOOL_STATEMENT,
    purpose: 'tools',
    trust,
    nowMs,
  });
  const parsed = ToolStatement.safeParse(given);
  if (!parsed.success) throw new ChangedError(what, 'what was signed is no statement about a tool');
  const statement = parsed.data;
  if (statement.name !== tool.name || statement.version !== tool.version) {
    throw new ChangedError(what, `${statement.name} ${statement.version} was signed`);
  }
  if (digestOf(statement) !== tool.digest)
    throw new ChangedError(what, 'its files are others than those that were signed');
  if (statement.expires_at !== undefined && Date.parse(statement.expires_at) <= nowMs) {
    throw new ExpiredError(what, `its signature counted until ${statement.expires_at}`);
  }
  return { statement, signers };
}
