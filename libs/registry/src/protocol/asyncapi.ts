import type { RecordType } from '@voorman/envelope';
import { stringify } from 'yaml';
import { recordTypes } from './json-schemas.js';
import { recordNotes } from './record-notes.js';

const jsonSchema2020 = 'application/schema+json;version=draft-2020-12';

/** The protocol as AsyncAPI 3.0: the log's and the inbox's channels, and a message per record type. */
export function asyncApi(): string {
  return stringify(
    {
      asyncapi: '3.0.0',
      info: {
        title: 'Voorman',
        version: '1',
        description:
          'One log, one kind of message. Operations are those of an outside publisher: it sends to the inbox and receives records that are addressed to it.',
        license: { name: 'Apache-2.0' },
      },
      defaultContentType: 'application/json',
      channels: { log, inbox },
      operations: {
        publish: {
          action: 'send',
          channel: { $ref: '#/channels/inbox' },
          summary: 'Asks for something, or cancels a session.',
          messages: [{ $ref: '#/channels/inbox/messages/published' }],
        },
        follow: {
          action: 'receive',
          channel: { $ref: '#/channels/log' },
          summary: 'Takes the answers from the publisher’s own durable, with an explicit acknowledgement.',
          messages: (['answer-given', 'envelope-refused'] satisfies RecordType[]).map((type) => ({
            $ref: `#/channels/log/messages/${type}`,
          })),
        },
      },
      components: {
        messages: { published, ...Object.fromEntries(recordTypes.map((type) => [type, messageOf(type)])) },
        schemas: { Headers: headers },
      },
    },
    { lineWidth: 120, aliasDuplicateObjects: false },
  );
}

const token = (description: string) => ({
  description: `${description} 1 to 64 characters out of A-Z, a-z, 0-9, _ and -.`,
});

const log = {
  address: 'log.{target}.{tenant}.{session}.{task}.{source}',
  title: 'The log',
  description: 'Every record, in the order in which it was recorded. The subject mirrors the envelope.',
  parameters: {
    target: token('Whom the record wakes (target_agent); journal for nobody.'),
    tenant: token('Whose it is (tenant).'),
    session: token('The session (correlation_id).'),
    task: token('The task (task_id).'),
    source: token('Who wrote it (source_agent); the bus lets nobody write under another’s name.'),
  },
  messages: Object.fromEntries(recordTypes.map((type) => [type, { $ref: `#/components/messages/${type}` }])),
};

const inbox = {
  address: 'inbox.{tenant}.{publisher}.{target}',
  title: 'The inbox',
  description:
    'Where outside publishers put their envelopes. At most 64 KiB each; a bad one is answered by envelope-refused.',
  parameters: {
    tenant: token('The publisher’s tenant.'),
    publisher: token('The publisher’s own name; also source_agent.'),
    target: token('orchestrator, or a bot that is open to publishers; also target_agent.'),
  },
  messages: { published: { $ref: '#/components/messages/published' } },
};

const headers = {
  type: 'object',
  properties: {
    'Nats-Msg-Id': { type: 'string', description: 'The envelope’s id; a repetition is recognised by it.' },
  },
};

const published = {
  name: 'published',
  title: 'What a publisher sends',
  summary: 'Six fields and nothing of ours.',
  headers: { $ref: '#/components/schemas/Headers' },
  payload: { schemaFormat: jsonSchema2020, schema: { $ref: './inbox.schema.json' } },
};

const messageOf = (type: RecordType) => ({
  name: type,
  title: type,
  summary: recordNotes[type].says,
  description: `Written by: ${recordNotes[type].writer}. Wakes: ${recordNotes[type].wakes}. Appended under: ${recordNotes[type].under}.`,
  headers: { $ref: '#/components/schemas/Headers' },
  payload: {
    schemaFormat: jsonSchema2020,
    schema: { allOf: [{ $ref: './envelope.schema.json' }, { properties: { type: { const: type } } }] },
  },
});
