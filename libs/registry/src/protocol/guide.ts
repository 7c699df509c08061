import {
  ENVELOPE_SCHEMA,
  MAX_INBOX_BYTES,
  MAX_INLINE_BYTES,
  MAX_RECORD_BYTES,
  MAX_TTL_SECONDS,
  type RecordType,
} from '@voorman/envelope';
import type { JsonSchema } from '../json-schema.js';
import { fieldTable } from './field-table.js';
import { jsonSchemas, recordPath, recordSchema, recordTypes } from './json-schemas.js';
import { recordNotes } from './record-notes.js';

/** The protocol for people. @param sample the outside publisher's program, shown as it is. */
export const protocolGuide = (sample: string): string =>
  `${[
    '<!-- Generated from the schemas by `npm run protocol`; edit those. -->',
    '# The protocol',
    opening,
    '## The envelope',
    envelopeSection(),
    '## Subjects',
    subjects,
    '## Boundaries',
    boundaries,
    '## Publishing from outside',
    outside(sample),
    '## Record types',
    overview(),
    ...recordTypes.map(recordSection),
    '## Shared parts',
    ...sharedParts(),
    '## Manifests',
    manifests,
  ].join('\n\n')}\n`;

const opening = `There is one log and one kind of message: the envelope. A request is the recorded fact that someone asked, a
result the recorded fact that it was done; the message that records a fact is the one that wakes whoever must react.

| file | is |
| --- | --- |
| [envelope.schema.json](envelope.schema.json) | a record on the wire, JSON Schema 2020-12 |
| [records/](records/) | the payload of each record type |
| [inbox.schema.json](inbox.schema.json) | what an outside publisher sends |
| [tool.schema.json](tool.schema.json), [agent.schema.json](agent.schema.json) | manifests |
| [asyncapi.yaml](asyncapi.yaml) | channels, operations and messages, AsyncAPI 3.0 |`;

const envelopeSection = (): string => {
  const schema = jsonSchemas().get('envelope.schema.json') ?? {};
  const rest = `On the wire it is one JSON object in UTF-8, at most ${MAX_RECORD_BYTES} bytes, nested at most 100 deep. A payload above
${MAX_INLINE_BYTES} bytes lies in the object store of its writer; a [PayloadRef](#shared-parts) stands in its place, and whoever
reads it checks the digest. \`id\` is the message’s \`Nats-Msg-Id\` as well: the same record, sent again, is stored once.
The present shape is \`schema: ${ENVELOPE_SCHEMA}\`; a reader refuses another, and lets fields pass that
it does not know. A time to live is at most ${MAX_TTL_SECONDS} s and counts from when the log recorded the request.`;
  return `${fieldTable(schema)}\n\n${rest}`;
};

const subjects = `    log.<target>.<tenant>.<session>.<task>.<source>

mirrors the envelope: \`target_agent\`, \`tenant\`, \`correlation_id\`, \`task_id\`, \`source_agent\`. Each is a **token**: 1 to 64 characters out of
\`A-Z a-z 0-9 _ -\`, so that none can hold a dot, a wildcard or a space. A record whose subject says something else than its
envelope is refused by every reader. The bus lets nobody write under another’s name. The target \`journal\` wakes nobody.

    inbox.<tenant>.<publisher>.<target>

is where outside publishers put their envelopes.`;

const boundaries = `A decision may carry a condition: nothing matching a filter was recorded after the position up to which its maker had read.
Whoever guards the same thing uses the identical text, so there are only these:

| boundary | filter | guards |
| --- | --- | --- |
| task | \`log.*.<tenant>.<session>.<task>.*\` | the next step of a task, and its one end |
| service | \`log.*.<tenant>.<session>.*.<service>\` | the gateway’s: the budget of a session; the orchestrator’s: its plan |
| story | \`log.*.<tenant>.<session>.*.*\` | nothing; for reading a session |

The condition is stored with the record, so that every decision says what it had seen.`;

const outside = (
  sample: string,
): string => `A publisher needs NATS and JSON, nothing of ours. \`voorman access NAME\` prints how it connects, under which prefix it may
publish, and from which durable it takes its answers. It sends six fields:

${fieldTable(jsonSchemas().get('inbox.schema.json') ?? {})}

A payload for the orchestrator says a \`goal\`; one for a bot may name an \`action\` (a capability) with its input fields beside it.
\`{"action": "cancel", "reason": "…"}\` to the orchestrator ends the session that \`correlation_id\` names. A message has at most
${MAX_INBOX_BYTES} bytes. What the publisher sends again with the same \`Nats-Msg-Id\` is stored once.

Exactly one record answers: \`answer-given\`, or \`envelope-refused\` with a code, a sentence and what to do
([docs/errors.md](../errors.md)). Follow with the durable, never with a plain subscription on \`log.>\`: that would also see what
the log refused. [outside-publisher.mjs](outside-publisher.mjs):

\`\`\`js
${sample.trim()}
\`\`\``;

const overview = (): string =>
  [
    '| type | written by | wakes |',
    '| --- | --- | --- |',
    ...recordTypes.map((type) => `| [${type}](#${type}) | ${recordNotes[type].writer} | ${recordNotes[type].wakes} |`),
  ].join('\n');

const recordSection = (type: RecordType): string => {
  const { says, writer, wakes, under } = recordNotes[type];
  return `### ${type}

${says}

Written by ${writer}; wakes ${wakes}; appended under ${under}. Payload ([schema](${recordPath(type)})):

${fieldTable(recordSchema(type))}`;
};

/** What several payloads have in common, once each, by name. */
const sharedParts = (): string[] => {
  const parts = new Map<string, JsonSchema>();
  for (const schema of jsonSchemas().values()) {
    const defs = (schema.$defs ?? {}) as Record<string, JsonSchema>;
    for (const [name, part] of Object.entries(defs)) {
      if (part.type === 'object' && part.properties !== undefined && !name.startsWith('__') && !parts.has(name)) {
        parts.set(name, { ...part, $defs: defs });
      }
    }
  }
  return [...parts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, part]) => `### ${name}\n\n${fieldTable(part)}`);
};

const manifests = `A tool takes and gives fields, in short form or as JSON Schema 2020-12 (a mapping with \`$schema\`, or with \`type: object\` and
\`properties\`). In the short form a field is \`name: type\`, or \`name?: type\` where it may be missing; a type is \`string\`, \`integer\`,
\`number\`, \`boolean\`, \`array\`, \`object\` or \`attachment\`, with \`[]\` behind it for a list. In a full schema an attachment is
\`{ $ref: "#/$defs/Attachment" }\`; the definition is filled in. An input has no fields besides these; an output may have more.

A tool that does not say its \`effect\` is \`read\` for GET and HEAD, \`repeatable\` where \`retry.max_attempts\` is above 1, and \`once\`
otherwise: then no call of it ever runs twice. A \`resident\` process reads one \`{"id", "arguments"}\` per line and writes one
\`{"id", "output"}\` or \`{"id", "error"}\` per line.`;
