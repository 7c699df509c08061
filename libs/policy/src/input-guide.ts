import { z } from 'zod';
import { KnownObligation } from './obligations.js';
import { DEFAULT_ENVIRONMENT, POLICY_INPUT_SCHEMA, PolicyAction, PolicyInput } from './policy-input.js';

/** When each action is asked about; a new action does not build until it is told of here. */
const ASKED: Readonly<Record<PolicyAction, string>> = {
  tool_execute: 'before a tool is called; the gateway asks, `agent` is the bot',
  task_delegate: 'before a bot is given a task; the orchestrator asks, `target_agent` and `capability` say what',
  memory_retrieve: 'before something is read out of memory',
  memory_write: 'before something is written into memory',
  skill_invoke: 'before a skill is run',
  publish: 'before an envelope from outside becomes a record; `agent` and `publisher` are who sent it',
  approve: 'before a person’s yes or no to a call is believed; `agent` is the person',
  settle: 'before a person’s word on a call in doubt is believed; `agent` is the person',
};

/** Three lines that use the session's past; a test runs them. */
export const NO_MAIL_AFTER_CUSTOMER_DATA = `deny_mail if {
	input.tool.type == "mail"
	"customer" in input.history.data_classes
}`;

/**
 * The page about the input document, in Markdown.
 * @param fieldTable how the fields of a schema become a table.
 */
export const policyInputGuide = (
  fieldTable: (schema: Record<string, unknown>) => string,
): string => `<!-- Generated from libs/policy/src by \`npm run protocol\`; edit those. -->
# What policy is asked

Every question is one JSON document, \`input\` in Rego. This is version ${POLICY_INPUT_SCHEMA} of it (\`input.schema\`). A new optional field leaves the
version as it is; a changed meaning raises it, and the shipped policy refuses versions that it does not know. A field that does not
apply is absent, and a comparison with an absent field is not true: nothing is allowed by an omission. Where no environment is
configured, it is \`${DEFAULT_ENVIRONMENT}\`. A document of more than 256 Ki characters or 64 levels is refused unread.

${fieldTable(z.toJSONSchema(PolicyInput) as Record<string, unknown>)}

## Actions

| \`input.action\` | asked |
| --- | --- |
${PolicyAction.options.map((action) => `| \`${action}\` | ${ASKED[action]} |`).join('\n')}

Beside \`input\`, rules see \`data\`: the data documents of the policy folder, and \`data.registry\` with what the manifests of agents
(\`domain\`, \`profile\`, \`tools\`, \`capabilities\`, \`open_to_publishers\`) and tools (\`version\`, \`type\`, \`effect\`) say, by name.

## The session's past

\`input.history\` says what was called and read before this question. No outside mail after reading customer data is three lines:

\`\`\`rego
${NO_MAIL_AFTER_CUSTOMER_DATA}
\`\`\`

## Answers

A rule answers \`true\`, \`false\` or \`{"allow": …, "reasons": […], "obligations": […]}\`. Without a value it refuses. Anything else is a fault,
and a fault is a refusal. Obligations hold along with an allow. An enforcement point that does not know one, or cannot carry it
out, refuses. Of several rules the smallest cap counts, and all fields and conditions; two different sandboxes are a refusal.

| obligation | what is done |
| --- | --- |
${KnownObligation.options.map((each) => `| \`${shapeOf(each)}\` | ${each.description ?? ''} |`).join('\n')}
`;

/** A schema of one obligation as a person would write it. */
function shapeOf(schema: z.ZodObject): string {
  const fields = Object.entries(schema.shape).map(([name, field]) => {
    const inner = field as z.ZodType;
    if (inner instanceof z.ZodLiteral) return `${name}: "${String(inner.value)}"`;
    return `${name}${inner instanceof z.ZodOptional ? '?' : ''}`;
  });
  return `{${fields.join(', ')}}`;
}
