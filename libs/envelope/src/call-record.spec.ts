import { describe, expect, it } from 'vitest';
import { askerOf, type CallRecord, isCallRecord } from './call-record.js';
import type { Recorded } from './envelope.js';
import { catalogue, type RecordType } from './records/catalogue.js';

const recorded = (type: RecordType, payload: object = {}): Recorded =>
  ({ type, target_agent: 'a-bot', payload }) as unknown as Recorded;

describe('a record about a call', () => {
  it('is what the gateway says of it, not what a bot or a person wishes', () => {
    const types = Object.keys(catalogue) as RecordType[];
    expect(types.filter((type) => isCallRecord(recorded(type)))).toEqual([
      'tool-started',
      'tool-refused',
      'tool-finished',
      'tool-in-doubt',
      'approval-requested',
      'call-settled',
    ]);
  });

  it('tells who asked for the call, whether it wakes them or lies in the journal', () => {
    const journal = recorded('tool-started', { agent: 'b-bot' }) as CallRecord;
    expect(askerOf({ ...journal, target_agent: 'journal' })).toBe('b-bot');
    expect(askerOf(recorded('tool-finished') as CallRecord)).toBe('a-bot');
  });
});
