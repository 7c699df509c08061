import type { JsonObject } from '@voorman/envelope';
import type { Executed } from '@voorman/executors';
import { Digester, redact } from '@voorman/redaction';
import { compileTool } from '@voorman/registry';
import { allowing, decision, GatewaySession, manifest, output } from '@voorman/tool-gateway/testing';
import { describe, expect, it } from 'vitest';

/* What is taken out of an answer must not be told by the words on what is wrong with it. */
const digester = new Digester(Buffer.from('a key for these specs only'));
const CARD = '4111 1111 1111 1111';
const MAIL = 'ada@corp.example';
const promised = {
  type: 'object',
  properties: {
    salary: { type: 'integer' },
    note: { type: 'string' },
    who: { type: 'object', additionalProperties: { type: 'integer' } },
  },
};
const schema = { input: {}, output: promised };
const obliging = {
  revision: 'r1',
  decide: () => ({ ...decision, obligations: [{ type: 'redact', fields: ['/salary', '/note'] }] }),
};

/** Everything that is on record once a tool has ended so. */
async function recordOf(executed: Executed, more: Record<string, unknown> = {}, policy = allowing): Promise<string> {
  const session = new GatewaySession();
  session.tools.set('staff', compileTool(manifest({ name: 'staff', schema, retry: { max_attempts: 1 }, ...more })));
  await session.gateway(() => executed, {
    policy,
    redact: async (given, fields, keep) => {
      const { value, redacted } = redact(given, { fields, keep, digester });
      return { output: value, redacted };
    },
  });
  await session.request('c1', 'staff', {});
  await session.answers();
  return JSON.stringify(await session.written());
}

describe('an answer that breaks its promise', () => {
  it.each<[string, JsonObject]>([
    ['a text for a number', { salary: '90 000' }],
    ['a fraction for a whole number', { salary: 90000.5 }],
    ['a number for a text', { salary: 1, note: 90000 }],
  ])('tells nothing of a field that policy wants out, by %s', async (_how, given) => {
    const record = await recordOf(output(given), {}, obliging);
    expect(record).toContain('output/invalid');
    expect(record).not.toMatch(/90.?000/);
  });

  it.each<[string, JsonObject]>([
    ['under a known name', { salary: CARD }],
    ['as a name', { who: { [CARD]: 'x' } }],
    ['as a name of somebody', { who: { [MAIL]: 'x' } }],
    ['in a list', { salary: 1, note: [MAIL] }],
  ])('tells nobody’s data %s', async (_how, given) => {
    const record = await recordOf(output(given));
    expect(record).toContain('output/invalid');
    expect(record).not.toContain(CARD);
    expect(record).not.toContain(MAIL);
  });
});

describe('the words of a tool beside its answer', () => {
  const said = (fault: { code: string; message: string }): Executed => ({
    kind: 'fault',
    fault: { ...fault, next: 'Look.' },
    durationMs: 1,
    retryable: false,
  });

  it.each([
    ['the code of a fault', said({ code: `no ${MAIL}`, message: 'No.' })],
    ['the code of a fault, as a key', said({ code: 'password=hunter2hunter2', message: 'No.' })],
    ['the sentence of a fault', said({ code: 'tool/failed', message: `No ${MAIL}, no password=hunter2hunter2.` })],
    ['a note', { ...output({ salary: 1 }), note: `Not for ${MAIL} with password=hunter2hunter2.` } as Executed],
  ])('are free of secrets and of data on people where they are %s', async (_how, executed) => {
    const record = await recordOf(executed);
    expect(record).not.toContain(MAIL);
    expect(record).not.toContain('hunter2');
  });
});
