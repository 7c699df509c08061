import { catalogue, EnvelopeHead, PayloadRef, PublishedEnvelope, type RecordType } from '@voorman/envelope';
import { z } from 'zod';
import { AgentManifest } from '../agent-manifest.js';
import type { JsonSchema } from '../json-schema.js';
import { ToolManifest } from '../tool-manifest.js';
import { recordNotes } from './record-notes.js';

export const recordTypes = Object.keys(catalogue) as RecordType[];

/** The schema of each file under docs/protocol, by its path there; a path is the schema's `$id` as well. */
export function jsonSchemas(): ReadonlyMap<string, JsonSchema> {
  return new Map([
    ['envelope.schema.json', envelopeSchema()],
    ['inbox.schema.json', titled('inbox.schema.json', 'What an outside publisher sends', written(PublishedEnvelope))],
    ['tool.schema.json', titled('tool.schema.json', 'The manifest of a tool', written(ToolManifest))],
    ['agent.schema.json', titled('agent.schema.json', 'The manifest of an agent', written(AgentManifest))],
    ...recordTypes.map((type): [string, JsonSchema] => [recordPath(type), recordSchema(type)]),
  ]);
}

export const recordPath = (type: RecordType): string => `records/${type}.schema.json`;

/** The payload of one record type. */
export const recordSchema = (type: RecordType): JsonSchema =>
  titled(recordPath(type), `The payload of ${type}: ${recordNotes[type].says}`, recorded(catalogue[type]));

/** The whole envelope: its head, and per type the payload that belongs to it, in the record or in the object store. */
function envelopeSchema(): JsonSchema {
  const head = recorded(EnvelopeHead);
  const properties = head.properties as Record<string, JsonSchema>;
  return {
    $schema: head.$schema,
    $id: 'envelope.schema.json',
    title: 'A record of the log on the wire',
    type: 'object',
    properties: { ...properties, type: { enum: recordTypes }, payload: { type: 'object' } },
    required: [...(head.required as string[]), 'payload'],
    allOf: recordTypes.map((type) => ({
      if: { properties: { type: { const: type } } },
      // biome-ignore lint/suspicious/noThenProperty: the keyword is JSON Schema's.
      then: { properties: { payload: { anyOf: [{ $ref: recordPath(type) }, { $ref: '#/$defs/PayloadRef' }] } } },
    })),
    $defs: { PayloadRef: { ...payloadRefSchema(), additionalProperties: false } },
  };
}

const payloadRefSchema = (): JsonSchema => {
  const { $defs } = recorded(PayloadRef);
  return ($defs as Record<string, JsonSchema>).PayloadRef ?? {};
};

/** As it lies in the log. Readers let fields pass that they do not know: a later release may have more. */
const recorded = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, {
    io: 'output',
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });

/** As a person or publisher writes it, before defaults are filled in. */
const written = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema, { io: 'input' });

const titled = ($id: string, title: string, { $schema, ...schema }: JsonSchema): JsonSchema => ({
  $schema,
  $id,
  title,
  ...schema,
});
