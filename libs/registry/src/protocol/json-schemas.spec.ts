import { fc, test } from '@fast-check/vitest';
import { encodeEnvelope } from '@voorman/envelope';
import { envelopes, notTokens, publishedEnvelopes, recordTypes } from '@voorman/envelope/testing';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { jsonSchemas } from './json-schemas.js';

const ajv = new Ajv2020({ strict: true, strictTypes: false, allowUnionTypes: true, validateFormats: true });
addFormats.default(ajv);
for (const schema of jsonSchemas().values()) ajv.addSchema(schema);

const accepts = (file: string, value: unknown): boolean => ajv.validate(file, value);
const wire = (envelope: Parameters<typeof encodeEnvelope>[0]): Record<string, unknown> =>
  JSON.parse(new TextDecoder().decode(encodeEnvelope(envelope)));

describe('the published schemas', () => {
  it('are valid JSON Schema 2020-12 and find each other', () => {
    for (const [path, schema] of jsonSchemas()) {
      expect(schema.$id).toBe(path);
      expect(() => ajv.getSchema(path), path).not.toThrow();
    }
  });

  for (const type of recordTypes) {
    test.prop([envelopes(type)], { numRuns: 20 })(`accept every ${type} that we accept`, (envelope) => {
      expect(accepts('envelope.schema.json', wire(envelope)), ajv.errorsText()).toBe(true);
    });
  }

  test.prop([
    envelopes(),
    fc.constantFrom('tenant', 'task_id', 'source_agent', 'target_agent', 'correlation_id'),
    notTokens,
  ])('refuse an address that we refuse', (envelope, field, bad) => {
    expect(accepts('envelope.schema.json', { ...wire(envelope), [field]: bad })).toBe(false);
  });

  test.prop([envelopes('tool-started'), fc.constantFrom('call_id', 'attempt', 'decision', 'effect')])(
    'refuse a payload that lacks something, and accept one of a later release',
    (envelope, field) => {
      const payload: Record<string, unknown> = envelope.payload;
      const { [field]: _left, ...rest } = payload;
      expect(accepts('envelope.schema.json', { ...wire(envelope), payload: rest })).toBe(false);
      expect(accepts('envelope.schema.json', { ...wire(envelope), payload: { ...envelope.payload, newer: 1 } })).toBe(
        true,
      );
    },
  );

  it('refuse another version and an unknown type', () => {
    const sample = wire(fc.sample(envelopes('task-cancelled'), 1)[0] as never);
    expect(accepts('envelope.schema.json', sample)).toBe(true);
    expect(accepts('envelope.schema.json', { ...sample, schema: 2 })).toBe(false);
    expect(accepts('envelope.schema.json', { ...sample, type: 'task-dreamt' })).toBe(false);
    expect(accepts('envelope.schema.json', { ...sample, payload: 'text' })).toBe(false);
  });

  test.prop([publishedEnvelopes], { numRuns: 50 })('accept what an outside publisher may send', (envelope) => {
    expect(accepts('inbox.schema.json', envelope), ajv.errorsText()).toBe(true);
  });

  it('accept the protocol’s example as an inbox message', () => {
    const example = {
      task_id: 'uuid-1234',
      source_agent: 'orchestrator',
      target_agent: 'sre-diagnosis-bot',
      payload: { action: 'analyze_logs', time_range: '2025-03-20T10:00:00Z/2025-03-20T11:00:00Z' },
      correlation_id: 'user-session-5678',
      ttl_seconds: 120,
    };
    expect(accepts('inbox.schema.json', example)).toBe(true);
    expect(accepts('inbox.schema.json', { ...example, ttl_seconds: 0 })).toBe(false);
    expect(accepts('inbox.schema.json', { ...example, payload: { delegation: {} } })).toBe(false);
  });

  it('accept the protocol’s example as a tool, and no field that does not exist', () => {
    const tool = parse(`{ name: search_web, version: 1.2.0, type: api, endpoint: "https://internal-api.corp/v1/search",
      method: POST, schema: { input: { query: string, max_results: integer }, output: { results: array } },
      budget: { max_calls_per_session: 20, cost_per_call_usd: 0.0005 }, retry: { backoff: exponential, max_attempts: 3 },
      timeout_ms: 8000 }`);
    expect(accepts('tool.schema.json', tool), ajv.errorsText()).toBe(true);
    expect(accepts('tool.schema.json', { ...tool, timeout: 8000 })).toBe(false);
  });

  it('accept an agent', () => {
    const agent = parse(`{ name: bot, version: 1.0.0, description: Does it., domain: tests, policy_profile: default,
      tools: [echo], capabilities: [{ name: do_it, description: Does it. }],
      brain: { type: scripted, skills: { do_it: { steps: [{ id: one, tool: echo }], output: { answer: done } } } } }`);
    expect(accepts('agent.schema.json', agent), ajv.errorsText()).toBe(true);
    expect(accepts('agent.schema.json', { ...agent, brain: { type: 'psychic' } })).toBe(false);
  });
});
