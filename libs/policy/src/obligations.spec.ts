import { describe, expect, it } from 'vitest';
import { distinctObligations, readObligations } from './obligations.js';

const read = (...obligations: { type: string; [field: string]: unknown }[]) => readObligations({ obligations });

describe('the obligations of a decision', () => {
  it('are none where it names none', () => {
    expect(readObligations({})).toEqual({ known: { redact: [], draft: false, addConditions: [] } });
    expect(read()).toEqual({ known: { redact: [], draft: false, addConditions: [] } });
  });

  it('of several rules combine: the smallest cap, every field once, every reason, every condition', () => {
    expect(
      read(
        { type: 'cap_rows', max: 100 },
        { type: 'cap_rows', max: 10 },
        { type: 'redact', fields: ['/rows/0/email', '/note'] },
        { type: 'redact', fields: ['/note'] },
        { type: 'need_approval', reason: 'money' },
        { type: 'need_approval' },
        { type: 'draft' },
        { type: 'add_condition', table: 'orders', where: "region = 'eu'" },
        { type: 'add_condition', table: 'orders', where: 'not secret' },
        { type: 'sandbox', profile: 'strict' },
        { type: 'sandbox', profile: 'strict' },
      ),
    ).toEqual({
      known: {
        redact: ['/rows/0/email', '/note'],
        capRows: 10,
        needApproval: { reasons: ['money'] },
        draft: true,
        addConditions: [
          { table: 'orders', where: "region = 'eu'" },
          { table: 'orders', where: 'not secret' },
        ],
        sandbox: 'strict',
      },
    });
  });

  it.each([
    ['of a type that nobody knows', { type: 'notarise' }],
    ['of a known type in another spelling', { type: 'Redact', fields: ['/a'] }],
    ['with a cap that is no number', { type: 'cap_rows', max: '10' }],
    ['with a cap below nothing', { type: 'cap_rows', max: -1 }],
    ['with a cap that is half a row', { type: 'cap_rows', max: 0.5 }],
    ['that redacts what is no pointer', { type: 'redact', fields: ['email'] }],
    ['that redacts nothing', { type: 'redact', fields: [] }],
    ['with a field that nobody would heed', { type: 'draft', until: 'noon' }],
    ['without its table', { type: 'add_condition', where: 'true' }],
  ])('are unknown as a whole when there is one %s', (_name, bad) => {
    expect(read({ type: 'draft' }, bad)).toEqual({ unknown: bad.type });
  });

  it('cannot be two sandboxes', () => {
    expect(read({ type: 'sandbox', profile: 'strict' }, { type: 'sandbox', profile: 'open' })).toEqual({
      unknown: 'sandbox',
    });
  });

  it('allow no row at all when the cap is nothing', () => {
    expect(read({ type: 'cap_rows', max: 0 })).toMatchObject({ known: { capRows: 0 } });
  });

  it('are kept once where several rules say the same', () => {
    const draft = { type: 'draft' };
    expect(distinctObligations([draft, { type: 'draft' }, { type: 'cap_rows', max: 1 }])).toEqual([
      draft,
      { type: 'cap_rows', max: 1 },
    ]);
  });
});
