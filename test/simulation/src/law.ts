import type { Recorded } from '@voorman/envelope';
import type { PolicyEngine } from '@voorman/policy';

type Question = Parameters<PolicyEngine['decide']>[0];

export const FORBIDDEN_TOOL = 'forbidden';
export const OUTCAST = 'outcast-bot';
export const STRANGER = 'stranger';

/** Why it is not allowed; `undefined` where it is. */
function objection(question: Question) {
  switch (question.action) {
    case 'tool_execute':
      return (question.tool_name ?? question.tool?.name) === FORBIDDEN_TOOL ? 'This tool is forbidden.' : undefined;
    case 'task_delegate':
      return question.target_agent === OUTCAST ? 'Nobody delegates to an outcast.' : undefined;
    case 'publish':
      return question.publisher === STRANGER || question.target_agent === OUTCAST ? 'Not by them.' : undefined;
    default:
      return 'Nothing allows this.';
  }
}

/** The policy of every simulated process: a few rules in place of a bundle. */
export const law: PolicyEngine = {
  revision: 'simulated-law',
  decide(question) {
    const reason = objection(question);
    return {
      action: question.action,
      allow: reason === undefined,
      reasons: [reason ?? 'The law allows it.'],
      bundle: 'simulated-law',
      latency_us: 1,
    };
  },
};

/** What the law would say to a record, whatever the record itself says. */
export const isForbidden = (record: Recorded<'tool-started'> | Recorded<'task-requested'>): boolean => {
  if (record.type === 'tool-started') return record.payload.tool === FORBIDDEN_TOOL;
  return record.target_agent === OUTCAST || record.payload.delegation?.on_behalf_of === STRANGER;
};
