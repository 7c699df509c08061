import { specification } from '@voorman/decider/testing';
import { type Draft, type Recorded, sealDraft } from '@voorman/envelope';
import { describe, expect, it } from 'vitest';
import { type EndpointCommand, endpoint } from './endpoints.js';

const given = specification(expect);
const about = { endpoint: 'https://x.test', tool: 'search' };
const iso = (ms: number) => new Date(ms).toISOString();
let made = 0;
const fail = (atMs: number, more: Partial<Extract<EndpointCommand, { type: 'fail' }>> = {}): EndpointCommand => {
  made += 1;
  const rules = { failures: 3, within_seconds: 60 };
  const until = iso(atMs + 30_000);
  return { ...about, type: 'fail', by: `a${made}`, rules, code: 'tool/timeout', wasTrial: false, atMs, until, ...more };
};
const record = (
  payload: Extract<Draft, { type: 'endpoint-changed' }>['payload'],
  atMs: number,
  by = 'x.1',
): Recorded => {
  const seal = { source: 'tool-gateway', tenant: 'system', session: 'endpoints', task: 't', ttlSeconds: 60 };
  const draft: Draft = { type: 'endpoint-changed', target: 'journal', payload };
  const envelope = sealDraft(draft, { ...seal, id: `r${atMs}`, atMs, causationId: by });
  return { ...envelope, position: atMs + 1, recordedAtMs: atMs } as Recorded;
};
const failed = (failures: number, atMs: number, by?: string) =>
  record({ ...about, state: 'failed', failures, code: 'tool/timeout' }, atMs, by);
const open = (atMs: number) => record({ ...about, state: 'open', failures: 3, until: iso(atMs + 30_000) }, atMs);
const trial = (atMs: number) => record({ ...about, state: 'trial', failures: 3, until: iso(atMs + 9_000) }, atMs);

describe('the breaker of an endpoint', () => {
  it('counts failures in a row, and opens with the last that is allowed', () => {
    expect(given(endpoint, []).when(fail(0)).next).toMatchObject({ payload: { state: 'failed', failures: 1 } });
    expect(given(endpoint, [failed(1, 0), failed(2, 1)]).when(fail(2)).next).toMatchObject({
      payload: { state: 'open', failures: 3, until: iso(30_002), code: 'tool/timeout' },
    });
  });

  it('counts anew what failed long after the first one, and after a success', () => {
    const late = given(endpoint, [failed(1, 0), failed(2, 1)]).when(fail(60_000));
    expect(late.next).toMatchObject({ payload: { state: 'failed', failures: 1 } });
    const mended = [failed(1, 0), failed(2, 1), record({ ...about, state: 'closed', failures: 0 }, 2)];
    expect(given(endpoint, mended).when(fail(3)).next).toMatchObject({ payload: { failures: 1 } });
  });

  it('counts an attempt once, although it is asked until it has nothing more to say', () => {
    given(endpoint, [failed(1, 0, 'a7')])
      .when(fail(1, { by: 'a7' }))
      .thenNothing();
  });

  it('lets one call try when its time has come, and nobody else meanwhile', () => {
    const tries = (atMs: number): EndpointCommand => ({
      ...about,
      type: 'try',
      by: 'b',
      at: iso(atMs),
      until: iso(atMs + 9_000),
    });
    given(endpoint, [open(0)])
      .when(tries(29_999))
      .thenNothing();
    expect(given(endpoint, [open(0)]).when(tries(30_000)).next).toMatchObject({ payload: { state: 'trial' } });
    given(endpoint, [open(0), trial(30_000)])
      .when(tries(31_000))
      .thenNothing();
    // Its gateway died.
    expect(given(endpoint, [open(0), trial(30_000)]).when(tries(39_000)).next?.type).toBe('endpoint-changed');
  });

  it('opens again when the trial fails, and closes when it goes well', () => {
    const past = [open(0), trial(30_000)];
    expect(given(endpoint, past).when(fail(31_000, { wasTrial: true })).next).toMatchObject({
      payload: { state: 'open', failures: 4, until: iso(61_000) },
    });
    expect(given(endpoint, past).when({ ...about, type: 'succeed', by: 'c' }).next).toMatchObject({
      payload: { state: 'closed', failures: 0 },
    });
  });

  it('is moved by nothing that was under way when it opened', () => {
    given(endpoint, [open(0)])
      .when(fail(1))
      .thenNothing();
    given(endpoint, [open(0)])
      .when({ ...about, type: 'succeed', by: 'c' })
      .thenNothing();
    given(endpoint, [open(0), trial(30_000)])
      .when(fail(30_001))
      .thenNothing();
  });

  it('says nothing about an endpoint that is well', () => {
    given(endpoint, [])
      .when({ ...about, type: 'succeed', by: 'c' })
      .thenNothing();
  });
});
