import { type Draft, serviceBoundary } from '@voorman/envelope';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogForbiddenError } from '../errors.js';
import { sample } from '../testing/samples.js';
import { startTestServer, type TestServer } from '../testing/server.js';
import { connectLog, type LogConnection } from './connection.js';
import { inboxPrefix } from './permissions.js';

const session = 's1';
const content = async function* () {
  yield new Uint8Array(10);
};
const handler = async () => undefined;

/** A record that only the orchestrator may write, so that it is the bus that refuses it here. */
const forged: Draft = { type: 'task-cancelled', target: 'journal', payload: { reason: 'forged' } };

describe('a bot on the log', () => {
  let server: TestServer;
  let bot: LogConnection;
  /** The same bot, which passes itself off as another one to the library, and cannot to the bus. */
  let impostor: LogConnection;

  beforeAll(async () => {
    server = await startTestServer();
    const credentials = server.credentialsFor('sre-bot');
    bot = await connectLog({ servers: [server.url], name: 'sre-bot', credentials });
    const replies = { inboxPrefix: inboxPrefix('sre-bot') };
    impostor = await connectLog({ servers: [server.url], name: 'review-bot', credentials, ...replies });
  });
  afterAll(async () => {
    await Promise.all([bot.close(), impostor.close()]);
    await server.stop();
  });

  it.each<[string, () => Promise<unknown>]>([
    [
      'records something in the orchestrator’s name',
      () => bot.log.append(sample({ source: 'orchestrator', session, draft: forged })),
    ],
    [
      'records something in its name under a condition',
      () =>
        bot.log.append(sample({ source: 'orchestrator', session, draft: forged }), {
          boundary: serviceBoundary('contract', session, 'orchestrator'),
          after: 0,
        }),
    ],
    ['addresses another bot', () => bot.log.append(sample({ source: 'sre-bot', session, target: 'review-bot' }))],
    ['addresses a publisher', () => bot.log.append(sample({ source: 'sre-bot', session, target: 'crm' }))],
    ['follows what is addressed to another', () => impostor.log.follow(handler)],
    ['follows the inbox', () => bot.inbox.follow(handler)],
    ['follows the timers of another', () => impostor.timers.follow(handler)],
    [
      'sets the timer of another',
      () => impostor.timers.set({ tenant: 'acme', session, task: 't1', purpose: 'ttl' }, Date.now()),
    ],
    [
      'cancels the timer of another',
      () => impostor.timers.cancel({ tenant: 'acme', session, task: 't1', purpose: 'ttl' }),
    ],
    ['writes into the bucket of another', () => impostor.payloads.put(content(), 'text/plain')],
    ['publishes a bundle', () => bot.bundles.put('policy', new Uint8Array(10))],
  ])('is told within a second, with a code, that it is forbidden, when it %s', { retry: 2 }, async (_what, attempt) => {
    const began = performance.now();
    const fault = await attempt().then(
      () => undefined,
      (refused: unknown) => refused,
    );
    expect(fault).toBeInstanceOf(LogForbiddenError);
    expect((fault as LogForbiddenError).toPublic()).toMatchObject({ code: 'log/forbidden' });
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('spoils nobody else’s append by one of its own that is forbidden, though they travel together', async () => {
    const allowed = Array.from({ length: 40 }, (_, index) =>
      bot.log.append(sample({ source: 'sre-bot', session: `other-${index}`, target: 'orchestrator' })),
    );
    const forbidden = bot.log.append(sample({ source: 'sre-bot', session, target: 'review-bot' }));
    await expect(forbidden).rejects.toThrow(LogForbiddenError);
    const positions = await Promise.all(allowed);
    expect(new Set(positions).size).toBe(40);
  });

  it('shows in its health what it was refused', () => {
    expect(bot.health().refusals).toContain('log.review-bot.contract.s1.task-1.sre-bot');
  });
});
