import { describe, expect, it } from 'vitest';
import { consumersOf, streamsOf } from './provision.js';
import { CORE_SERVICES, type Topology } from './topology.js';

const topology: Topology = {
  services: CORE_SERVICES,
  bots: [{ name: 'sre-bot' }],
  publishers: [{ name: 'crm', tenant: 'acme' }],
};
const streamNamed = (name: string) => streamsOf(topology).find((stream) => stream.name === name);

describe('the streams of a topology', () => {
  it('never lose a record to age, room or a header', () => {
    expect(streamNamed('LOG')).toMatchObject({
      discard: 'new',
      max_age: 0,
      deny_delete: true,
      allow_rollup_hdrs: false,
      allow_msg_ttl: false,
    });
  });

  it('never drop a deadline that waits', () => {
    expect(streamNamed('TIMERS_sre-bot')).toMatchObject({
      max_age: 0,
      subjects: ['timer.set.sre-bot.>', 'timer.due.sre-bot.>'],
    });
    expect(streamNamed('TIMERS_sre-bot')?.max_bytes).toBeUndefined();
  });

  it('can be read by everyone only where everyone may read', () => {
    const readable = streamsOf(topology).filter((stream) => stream.allow_direct);
    expect(readable.map((stream) => stream.name).filter((name) => !name.startsWith('OBJ_'))).toEqual(['LOG']);
  });

  it('share no subject, and leave room for a good many bots', () => {
    const subjects = streamsOf(topology).flatMap((stream) => stream.subjects);
    expect(new Set(subjects).size).toBe(subjects.length);
    const bots = Array.from({ length: 30 }, (_, index) => ({ name: `bot-${index}` }));
    const reserved = streamsOf({ ...topology, bots }).reduce((sum, stream) => sum + (stream.max_bytes ?? 0), 0);
    expect(reserved).toBeLessThan(100 * 2 ** 30);
  });

  it('have as many copies as they are told', () => {
    expect(streamsOf(topology, { replicas: 3 }).every((stream) => stream.num_replicas === 3)).toBe(true);
  });
});

describe('the durables of a topology', () => {
  it('show an outside publisher the answers of its own tenant, and everyone else what is addressed to it', () => {
    const filters = consumersOf(topology).map(([stream, consumer]) => [
      stream,
      consumer.durable_name,
      consumer.filter_subject,
    ]);
    expect(filters).toEqual([
      ['LOG', 'orchestrator', 'log.orchestrator.>'],
      ['LOG', 'tool-gateway', 'log.tool-gateway.>'],
      ['LOG', 'policy', 'log.policy.>'],
      ['LOG', 'sre-bot', 'log.sre-bot.>'],
      ['LOG', 'cli', 'log.cli.>'],
      ['LOG', 'crm', 'log.crm.acme.>'],
      ['INBOX', 'orchestrator', 'inbox.*.*.*'],
      ['TIMERS_orchestrator', 'orchestrator', 'timer.due.orchestrator.>'],
      ['TIMERS_tool-gateway', 'tool-gateway', 'timer.due.tool-gateway.>'],
      ['TIMERS_sre-bot', 'sre-bot', 'timer.due.sre-bot.>'],
    ]);
  });

  it('never give up on a record by themselves', () => {
    for (const [, consumer] of consumersOf(topology)) {
      expect(consumer).toMatchObject({ max_deliver: -1, ack_policy: 'explicit', deliver_policy: 'all' });
      expect(consumer.backoff).toBeUndefined();
      expect(consumer.inactive_threshold).toBeUndefined();
    }
  });
});
