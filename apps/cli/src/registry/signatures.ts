import { type PreparedTool, toPublish, verifyTool } from '@voorman/distribution';
import { type PublicError, VoormanError } from '@voorman/envelope';
import type { Trust } from '@voorman/signing';

/** A tool with the judgement of a gateway that trusts the same people; the names are promised. */
export interface JudgedTool {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  /** Who signed it and counts; empty where it is refused. */
  readonly signers: readonly string[];
  /** Why no gateway takes it; null where it does. */
  readonly fault: PublicError | null;
}

/** What a gateway would say of a tool at this moment. */
export function judged(prepared: PreparedTool, trust: Trust, nowMs: number): JudgedTool {
  const { name, version, digest, envelope } = toPublish(prepared);
  const about = { name, version, digest };
  try {
    const { signers } = verifyTool({ name, version, digest, envelope }, trust, nowMs);
    return { ...about, signers, fault: null };
  } catch (fault) {
    if (!(fault instanceof VoormanError)) throw fault;
    return { ...about, signers: [], fault: fault.toPublic() };
  }
}
