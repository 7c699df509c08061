import { CORE_SERVICES, type Topology } from '@voorman/log/jetstream';
import { describe, expect, it } from 'vitest';
import { withPublisher } from './participants.js';

const topology: Topology = {
  services: CORE_SERVICES,
  bots: [{ name: 'sre-bot' }],
  publishers: [{ name: 'crm', tenant: 'acme' }],
};
const refused = expect.objectContaining({ code: 'cli/name', exitCode: 5 });

describe('an outside publisher', () => {
  it('is added once', () => {
    const shop = { name: 'shop', tenant: 'zenith' };
    expect(withPublisher(topology, shop)).toEqual([...topology.publishers, shop]);
    expect(withPublisher(topology, { name: 'crm', tenant: 'acme' })).toBe(topology.publishers);
  });

  it('bears the name of nobody inside, however it is written', () => {
    for (const name of ['policy', 'Policy', 'sre-bot', 'SRE-BOT', 'cli', 'journal', 'memory']) {
      expect(() => withPublisher(topology, { name, tenant: 'acme' }), name).toThrow(refused);
    }
  });

  it('belongs to one tenant only, and is one by its spelling', () => {
    expect(() => withPublisher(topology, { name: 'crm', tenant: 'zenith' })).toThrow(refused);
    expect(() => withPublisher(topology, { name: 'CRM', tenant: 'acme' })).toThrow(refused);
  });

  it('has a name and a tenant that fit into a subject', () => {
    for (const bad of ['', 'a b', 'a.b', '*', '>', 'x'.repeat(65)]) {
      expect(() => withPublisher(topology, { name: bad, tenant: 'acme' }), bad).toThrow(refused);
      expect(() => withPublisher(topology, { name: 'shop', tenant: bad }), bad).toThrow(refused);
    }
  });
});
