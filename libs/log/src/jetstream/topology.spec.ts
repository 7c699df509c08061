import { describe, expect, it } from 'vitest';
import { CORE_SERVICES, InvalidTopologyError, requireTopology, type Topology } from './topology.js';

const topology: Topology = {
  services: CORE_SERVICES,
  bots: [{ name: 'sre-bot' }],
  publishers: [{ name: 'crm', tenant: 'acme' }],
};
const service = (name: string) => ({ name, timers: false, payloads: false });

describe('a topology', () => {
  it('is taken as it is when everyone has a name of its own', () => {
    expect(requireTopology(topology)).toBe(topology);
  });

  it.each<[string, Partial<Topology>, RegExp]>([
    [
      'a publisher that is called like a service',
      { publishers: [{ name: 'policy', tenant: 'a' }] },
      /policy is named twice/,
    ],
    ['a bot that is called like a publisher', { bots: [{ name: 'crm' }] }, /crm is named twice/],
    [
      'a bot that is called like another in capitals',
      { publishers: [{ name: 'SRE-Bot', tenant: 'a' }] },
      /SRE-Bot is named twice/,
    ],
    ['a publisher that is called like the operator', { publishers: [{ name: 'cli', tenant: 'a' }] }, /cli is reserved/],
    ['a bot to which nobody could address anything', { bots: [{ name: 'journal' }] }, /journal is reserved/],
    ['a name that is a wildcard', { bots: [{ name: '*' }] }, /"\*" is not a valid name/],
    ['a name that is two tokens', { services: [service('a.b')] }, /"a\.b" is not a valid name/],
    ['a tenant that is a wildcard', { publishers: [{ name: 'crm', tenant: '>' }] }, /the tenant ">" of crm/],
    ['a target that is a wildcard', { bots: [{ name: 'sre-bot', targets: ['*'] }] }, /the target "\*" of sre-bot/],
    [
      'a bot that addresses another',
      { bots: [{ name: 'sre-bot', targets: ['review-bot'] }, { name: 'review-bot' }] },
      /sre-bot may not address the bot review-bot/,
    ],
  ])('is refused with %s', (_what, change, naming) => {
    const attempt = () => requireTopology({ ...topology, ...change });
    expect(attempt).toThrow(InvalidTopologyError);
    expect(attempt).toThrow(naming);
  });
});
