import type { Decision } from '@voorman/envelope';
import { type Obligations, readObligations } from '@voorman/policy';
import type { LoadedTool } from '@voorman/registry';
import type { Duties, Unmet } from '../domain/duties.js';

/** What a decision obliges to for a tool of this type. What nobody would carry out is unmet, and refuses the call. */
export function dutiesOf(decision: Decision, type: LoadedTool['type']): Duties | Unmet {
  const read = readObligations(decision);
  if ('unknown' in read) return { unmet: read.unknown };
  const { known } = read;
  const unmet = outOfPlace(known, type);
  if (unmet !== undefined) return { unmet };
  const { redact, capRows, needApproval, draft, addConditions: conditions, sandbox } = known;
  const reasons = needApproval?.reasons.join('; ') || 'Policy asks for an approval.';
  return {
    redact,
    conditions,
    draft,
    ...(capRows === undefined ? {} : { maxRows: capRows }),
    ...(needApproval === undefined ? {} : { approval: reasons.slice(0, 1_000) }),
    ...(sandbox === undefined ? {} : { sandbox }),
  };
}

/** The obligation that means nothing for such a tool, so that nothing would come of it. */
function outOfPlace(known: Obligations, type: LoadedTool['type']): string | undefined {
  if (type !== 'sql' && known.capRows !== undefined) return 'cap_rows';
  if (type !== 'sql' && known.addConditions.length > 0) return 'add_condition';
  if (type !== 'mail' && known.draft) return 'draft';
  if (type !== 'process' && type !== 'mcp' && known.sandbox !== undefined) return 'sandbox';
  return undefined;
}
