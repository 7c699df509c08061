import type { Recorded } from '@voorman/envelope';
import { describe, expect, it } from 'vitest';
import { gist } from './gist.js';

describe('the gist of a record', () => {
  it('says of what was set aside where it lies, be it a record, a deadline or a message from outside', () => {
    const setAside = (subject: string): Recorded =>
      ({
        type: 'record-quarantined',
        payload: { position: 7, subject, consumer: 'orchestrator', deliveries: 20, reason: 'Given up.' },
      }) as unknown as Recorded;
    expect(gist(setAside('inbox.acme.crm.orchestrator'))).toBe('7 of inbox.acme.crm.orchestrator: Given up.');
    expect(gist(setAside('log.journal.acme.s.t.cli'))).toBe('7 of log.journal.acme.s.t.cli: Given up.');
  });
});
