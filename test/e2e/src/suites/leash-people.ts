import { describe, expect, it } from 'vitest';
import type { Call, LeashExample } from '../testing/example.js';

/** What waits for a person, and what only a person can know. */
export function leashPeople(example: () => LeashExample): void {
  const waiting = (session: string): Promise<Call> => example().waiting(session);

  /** A person's word once more, as it was said: straight into the inbox. */
  const said = ({ call_id, agent, session, proposal }: Call, task: string) =>
    example().stack.run(
      ['task', 'publish', '-', '--json'],
      JSON.stringify({
        task_id: task,
        source_agent: 'cli',
        target_agent: 'orchestrator',
        payload: {
          action: 'approve',
          call: call_id,
          agent,
          digest: proposal?.digest,
          approved: true,
          because: 'Again.',
        },
        correlation_id: session,
        ttl_seconds: 60,
      }),
    );

  describe('a draft', () => {
    it('is sent once a person approves it, and once only', async () => {
      const goal = 'Apologise for order 4711 to ada@customer.example';
      const { outcome, answer } = await example().goal('write_to_customer', goal, 'draft');
      expect({ outcome, answer }).toEqual({ outcome: 'completed', answer: expect.stringContaining('state draft') });
      expect((await example().received()).mails).toEqual([]);

      const call = await waiting('draft');
      expect(call).toMatchObject({ tool: 'write_mail', state: 'drafted', proposal: { kind: 'draft' } });
      await example().stack.json(['approve', call.call_id, '--because', 'It is polite.']);
      await expect
        .poll(async () => (await example().received()).mails, { timeout: 10_000 })
        .toEqual([
          expect.objectContaining({
            from: 'support@shop.example',
            to: ['ada@customer.example'],
            text: expect.stringContaining('We are sorry that your order 4711 is late.'),
          }),
        ]);

      expect((await example().stack.run(['approve', call.call_id, '--because', 'Again.'])).code).toBe(5);
      const again = await said(call, 'replayed-draft');
      expect(again.code).toBe(13);
      expect(again.out + again.err).toContain('inbox/nothing-to-approve');
      expect((await example().received()).mails).toHaveLength(1);
    });

    it('is sent as a person edited it, and not as the bot wrote it', async () => {
      await example().goal('write_to_customer', 'Apologise for order 4711 to joe@customer.example', 'edited-draft');
      const call = await waiting('edited-draft');
      const edited = { ...call.proposal?.arguments, text: 'Sorry, Joe: it comes tomorrow.' };
      const file = await example().stack.file('mail.json', JSON.stringify(edited));
      await example().stack.json(['approve', call.call_id, '--edit', file, '--because', 'Friendlier.']);
      const toJoe = async () =>
        (await example().received()).mails.filter(({ to }) => to.includes('joe@customer.example'));
      await expect.poll(async () => (await toJoe()).length, { timeout: 10_000 }).toBe(1);
      const [mail] = await toJoe();
      expect(mail?.text).toContain('Sorry, Joe: it comes tomorrow.');
      expect(mail?.text).not.toContain('We are sorry');
    });
  });

  describe('a call that policy wants a person to agree to', () => {
    it('waits, then happens once; a replayed approval is refused', async () => {
      const asked = example().goal('refund', 'Refund 250 EUR for order 4711', 'large');
      const call = await waiting('large');
      expect(call).toMatchObject({ tool: 'refund_payment', state: 'waiting', proposal: { kind: 'call' } });
      expect(call.proposal?.reason).toBe('A person agrees to refunds above 100 EUR.');
      expect((await example().received()).refunds).toEqual([]);
      await example().stack.json(['approve', call.call_id, '--because', 'The customer is right.']);
      expect(await asked).toMatchObject({
        outcome: 'completed',
        answer: expect.stringContaining('250 EUR were paid back'),
      });
      expect((await said(call, 'replayed-refund')).code).toBe(13);
      expect((await example().received()).refunds).toEqual([
        { order: '4711', amount_eur: 250, key: expect.stringMatching(/^[\w-]{43}$/) },
      ]);
    });

    it('happens with what a person made of it, and with nothing that its manifest does not know', async () => {
      const asked = [
        example().goal('refund', 'Refund 400 EUR for order 4711', 'edited'),
        example().goal('refund', 'Refund 500 EUR for order 4711', 'bent'),
      ];
      const { call_id: edited } = await waiting('edited');
      const { call_id: bent } = await waiting('bent');
      const less = await example().stack.file('less.json', '{"order":"4711","amount_eur":40}');
      const more = await example().stack.file('more.json', '{"order":"4711","amount_eur":50,"to":"my account"}');
      await example().stack.json(['approve', edited, '--edit', less, '--because', 'Only the delivery.']);
      const unfit = await example().stack.run(['approve', bent, '--edit', more, '--because', 'Only the delivery.']);
      expect(unfit).toMatchObject({
        code: 5,
        err: expect.stringContaining('to is not a parameter of refund_payment'),
      });
      // A slip of the pen costs nobody the call.
      expect(await waiting('bent')).toMatchObject({ call_id: bent, state: 'waiting' });
      await example().stack.json(['reject', bent, '--because', 'Too late for that.']);
      expect((await Promise.all(asked)).map(({ outcome, answer }) => [outcome, answer])).toEqual([
        ['completed', expect.stringContaining('40 EUR were paid back')],
        ['failed', expect.stringContaining('Too late for that.')],
      ]);
      const amounts = (await example().received()).refunds.map(({ amount_eur }) => amount_eur);
      expect(amounts).toEqual([250, 40]);
    });

    it('does not happen where the person says no', async () => {
      const asked = example().goal('refund', 'Refund 300 EUR for order 4711', 'rejected');
      const call = await waiting('rejected');
      await example().stack.json(['reject', call.call_id, '--because', 'Too much.']);
      expect(await asked).toMatchObject({ outcome: 'failed', answer: expect.stringContaining('Too much.') });
      expect((await example().received()).refunds).toHaveLength(2);
    });
  });

  describe('a payment whose connection was lost', () => {
    it('is in doubt, sent once, and settled by who looked', async () => {
      const { outcome, answer } = await example().goal('refund', 'Refund 20 EUR for order 4713', 'lost');
      expect({ outcome, answer }).toEqual({ outcome: 'failed', answer: expect.stringContaining('may or may not') });
      const { refunds } = await example().received();
      const [sent, ...more] = refunds.filter(({ order }) => order === '4713');
      expect(more).toEqual([]);

      const [doubt] = await example().list<Call>(['calls', '--in-doubt']);
      expect(doubt).toMatchObject({
        session: 'lost',
        tool: 'refund_payment',
        effect: 'once',
        arguments: { order: '4713', amount_eur: 20 },
        idempotency_key: sent?.key,
        fault: { code: expect.any(String) },
      });
      const settle = ['calls', 'settle', doubt?.call_id ?? '', '--happened', '--because', 'The bank has booked it.'];
      await example().stack.json(settle);
      expect(await example().list<Call>(['calls', '--in-doubt'])).toEqual([]);
      expect((await example().list<Call>(['calls', '--session', 'lost'])).at(-1)).toMatchObject({
        state: 'settled',
        settlement: { happened: true, because: 'The bank has booked it.', settled_by: 'cli' },
      });
      expect((await example().received()).refunds).toEqual(refunds);
    });
  });
}
