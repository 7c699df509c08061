/** What is said of codes whose sentence is put together elsewhere, so that the sources alone do not show it. */
export const errorNotes: Readonly<Record<string, { readonly when: string; readonly next?: string }>> = {
  TOOL_BUDGET_EXCEEDED: {
    when: 'The session has used all calls of this tool, or another of its budgets: the sentence says which. The bot’s tool loop ends.',
    next: 'Finish with what is known; `voorman budget --session ID` shows what is left of what.',
  },
  'arguments/invalid': {
    when: 'A call’s arguments do not fit the tool: an invented, missing or ill-typed parameter, with the nearest known name.',
    next: 'Call the tool again with the parameters that are named.',
  },
  'output/invalid': {
    when: 'A tool returned something other than its manifest promises.',
    next: 'Correct the tool, or what its manifest promises.',
  },
  'inbox/malformed': {
    when: 'A message in the inbox is no valid envelope; the fields that do not fit are named.',
    next: 'Compare the message with docs/protocol/inbox.schema.json.',
  },
  'plan/invalid': { when: 'The plan that came with the goal cannot be carried out.' },
  'plan/no-bot': {
    when: 'Nobody offers the capability that the plan names.',
    next: 'Name another capability, or deploy a bot for it.',
  },
  'policy/denied': {
    when: 'Policy does not allow the call, the delegation or the goal; the sentence gives its reasons.',
    next: 'Ask whoever keeps the policy, or finish without what was refused.',
  },
  'session/expired': { when: 'The goal’s time ran out before its answer was complete.' },
  'task/expired': { when: 'A bot did not take up or finish its task in time.' },
  'analyze-logs/bad-input': { when: 'The arguments of analyze_logs do not fit.' },
  'verify-evidence/bad-input': { when: 'The arguments of verify_evidence do not fit.' },
};
