import { type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StreamDriftError } from '../errors.js';
import { startTestServer, TEST_TOPOLOGY, type TestServer } from '../testing/server.js';
import { consumersOf, provision, StoreTooSmallError, streamsOf } from './provision.js';

describe('provisioning', () => {
  let server: TestServer;
  let manager: JetStreamManager;
  beforeEach(async () => {
    server = await startTestServer({ provision: false });
    manager = await jetstreamManager(await server.provisioner());
  });
  afterEach(async () => {
    await server.stop();
  });

  it('creates every stream and durable once, and then changes nothing', async () => {
    const first = await provision(manager, TEST_TOPOLOGY);
    expect(first.changed).toEqual([]);
    expect(first.created).toHaveLength(streamsOf(TEST_TOPOLOGY).length + consumersOf(TEST_TOPOLOGY).length);
    expect(first.created).toEqual(
      expect.arrayContaining([
        ...['LOG', 'INBOX', 'ADVISORY', 'OBJ_bundles', 'TIMERS_orchestrator', 'TIMERS_sre-bot', 'OBJ_payloads_cli'],
        ...['LOG.orchestrator', 'LOG.sre-bot', 'LOG.cli', 'LOG.crm', 'INBOX.orchestrator', 'TIMERS_sre-bot.sre-bot'],
      ]),
    );
    expect(first.created).not.toContain('TIMERS_policy');
    expect(await provision(manager, TEST_TOPOLOGY)).toEqual({ created: [], changed: [] });
  });

  it('lets newcomers in beside those who are there, and leaves alone what belonged to those who went', async () => {
    await provision(manager, TEST_TOPOLOGY);
    const changed = {
      ...TEST_TOPOLOGY,
      bots: [{ name: 'sre-bot' }, { name: 'legal-bot' }],
      publishers: [{ name: 'desk', tenant: 'acme' }],
    };
    const report = await provision(manager, changed);
    expect([...report.created].sort()).toEqual([
      'LOG.desk',
      'LOG.legal-bot',
      'OBJ_payloads_legal-bot',
      'TIMERS_legal-bot',
      'TIMERS_legal-bot.legal-bot',
    ]);
    expect(report.changed).toEqual([]);
    expect((await manager.consumers.info('LOG', 'review-bot')).name).toBe('review-bot');
  });

  it('keeps every record when the log is made smaller than it is, and then refuses more', async () => {
    await provision(manager, TEST_TOPOLOGY);
    const js = jetstream(await server.provisioner());
    for (let index = 0; index < 20; index++) await js.publish('log.a.b.c.d.e', new Uint8Array(10_000));
    const report = await provision(manager, TEST_TOPOLOGY, { sizes: { logBytes: 100_000 } });
    expect(report).toEqual({ created: [], changed: ['LOG'] });
    expect((await manager.streams.info('LOG')).state.messages).toBe(20);
    await expect(js.publish('log.a.b.c.d.e', 'x')).rejects.toMatchObject({ code: 10077 });
  });

  it('brings the wait for an acknowledgement in line', async () => {
    await provision(manager, TEST_TOPOLOGY);
    await manager.consumers.update('LOG', 'sre-bot', { ack_wait: 60_000_000_000 });
    expect(await provision(manager, TEST_TOPOLOGY)).toEqual({ created: [], changed: ['LOG.sre-bot'] });
    expect((await manager.consumers.info('LOG', 'sre-bot')).config.ack_wait).toBe(2_500_000_000);
  });

  it.each([
    ['forgets records after a day', { max_age: 86_400_000_000_000 }, /max_age/],
    ['makes room by deleting the oldest', { discard: 'old' as const }, /discard/],
    ['takes other subjects', { subjects: ['log.*.*.*.*.*', 'else'] }, /subjects/],
    ['lets a header erase it', { allow_rollup_hdrs: true }, /allow_rollup_hdrs/],
  ])('stops before a log that somebody changed so that it %s', async (_how, change, naming) => {
    await provision(manager, TEST_TOPOLOGY);
    await manager.streams.update('LOG', change);
    const fault = await provision(manager, TEST_TOPOLOGY).catch((drift: unknown) => drift);
    expect(fault).toBeInstanceOf(StreamDriftError);
    expect((fault as StreamDriftError).message).toMatch(naming);
  });

  it('stops before a durable that starts elsewhere', async () => {
    await provision(manager, { ...TEST_TOPOLOGY, bots: [] });
    await manager.consumers.add('LOG', {
      durable_name: 'sre-bot',
      ack_policy: 'explicit',
      deliver_policy: 'new',
      filter_subject: 'log.sre-bot.>',
    });
    await expect(provision(manager, TEST_TOPOLOGY)).rejects.toThrow(/LOG\.sre-bot.*deliver_policy/);
  });

  it('says in a sentence that the store is too small', async () => {
    const sizes = { logBytes: 101 * 2 ** 30 };
    await expect(provision(manager, TEST_TOPOLOGY, { sizes })).rejects.toThrow(StoreTooSmallError);
  });
});
