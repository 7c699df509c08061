import { isToken } from '@voorman/envelope';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { natsAccounts } from './accounts.js';
import { CORE_SERVICES, insiders, type Topology } from './topology.js';

interface User {
  readonly nkey?: string;
  readonly user?: string;
  readonly password?: string;
  readonly permissions?: { readonly publish: readonly string[]; readonly subscribe: readonly string[] };
}
interface Door {
  readonly service?: string;
  readonly stream?: string;
  readonly accounts: readonly string[];
}
interface Accounts {
  readonly STORE: { readonly users: readonly User[]; readonly exports: readonly Door[] };
  readonly APP: { readonly users: readonly User[]; readonly imports: readonly { readonly to?: string }[] };
  readonly EXT: Accounts['APP'];
  readonly SYS: { readonly users: readonly User[] };
}

/** The accounts of a topology in which everyone's key is its name. */
function accountsOf(topology: Topology): Accounts {
  const named = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, name]));
  const text = natsAccounts(topology, {
    provisioner: 'provisioner',
    system: 'system',
    users: named(insiders(topology)),
    publishers: named(topology.publishers.map((publisher) => publisher.name)),
  });
  expect(text).toMatch(/^accounts: \{[\s\S]*\}\nsystem_account: "SYS"\n$/);
  return JSON.parse(text.slice('accounts: '.length, text.lastIndexOf('\nsystem_account'))) as Accounts;
}

const token = fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/);
/** Any distinct names, dealt out as services, bots and publishers. */
const anyTopology: fc.Arbitrary<Topology> = fc
  .tuple(
    fc.uniqueArray(
      token.filter((name) => !['cli', 'journal', '__proto__'].includes(name.toLowerCase())),
      { minLength: 3, maxLength: 9, selector: (name) => name.toLowerCase() },
    ),
    token,
    fc.boolean(),
  )
  .map(([names, tenant, rich]) => ({
    services: names.filter((_, index) => index % 3 === 0).map((name) => ({ name, timers: rich, payloads: rich })),
    bots: names.filter((_, index) => index % 3 === 1).map((name) => ({ name })),
    publishers: names.filter((_, index) => index % 3 === 2).map((name) => ({ name, tenant })),
  }));

describe('the accounts of a topology', () => {
  it('let nobody write a record under another’s name', () => {
    fc.assert(
      fc.property(anyTopology, (topology) => {
        const { APP, EXT } = accountsOf(topology);
        for (const { nkey, permissions } of APP.users) {
          const records = permissions?.publish.filter((subject) => subject.startsWith('log.')) ?? [];
          expect(records.length).toBeGreaterThan(0);
          for (const subject of records) expect(subject.split('.').slice(2)).toEqual(['*', '*', '*', nkey]);
        }
        for (const { permissions } of EXT.users) {
          expect(permissions?.publish.filter((subject) => subject.startsWith('log.'))).toEqual([]);
        }
      }),
    );
  });

  it('let a bot address no other bot, and everybody only by name', () => {
    fc.assert(
      fc.property(anyTopology, (topology) => {
        const bots = new Set(topology.bots.map((bot) => bot.name));
        for (const { nkey = '', permissions } of accountsOf(topology).APP.users) {
          if (!bots.has(nkey)) continue;
          for (const subject of permissions?.publish.filter((one) => one.startsWith('log.')) ?? []) {
            const target = subject.split('.')[1] ?? '';
            expect(isToken(target) && !bots.has(target)).toBe(true);
          }
        }
      }),
    );
  });

  it('let everyone take and acknowledge through its own durables alone', () => {
    fc.assert(
      fc.property(anyTopology, (topology) => {
        const { APP, EXT } = accountsOf(topology);
        for (const { nkey, user, permissions } of [...APP.users, ...EXT.users]) {
          const taking = permissions?.publish.filter((subject) => /^\$JS\.ACK|CONSUMER\.MSG\.NEXT/.test(subject)) ?? [];
          expect(taking.length).toBeGreaterThan(0);
          for (const subject of taking) {
            expect(subject.replace(/\.>$/, '').split('.').at(-1)).toBe(nkey ?? user);
          }
        }
      }),
    );
  });

  it('lead to nothing in the store that creates, alters or deletes a stream or a consumer', () => {
    const { STORE, APP, EXT } = accountsOf({ services: CORE_SERVICES, bots: [{ name: 'a' }], publishers: [] });
    const forbidden =
      /STREAM\.(CREATE|UPDATE|DELETE|MSG\.DELETE|RESTORE|SNAPSHOT)|CONSUMER\.(CREATE|DURABLE|DELETE|PAUSE|RESET)/;
    for (const door of STORE.exports) expect(door.service ?? door.stream).not.toMatch(forbidden);
    expect(STORE.exports.map((door) => door.service)).not.toContain('$JS.API.>');
    for (const { to } of [...APP.imports, ...EXT.imports]) expect(to ?? '').not.toMatch(forbidden);
  });

  it('give an outside publisher its part of the inbox, its durable and its replies, and nothing else', () => {
    const publishers = [{ name: 'crm', tenant: 'acme' }];
    const { EXT } = accountsOf({ services: CORE_SERVICES, bots: [], publishers });
    expect(EXT.users).toEqual([
      {
        user: 'crm',
        password: 'crm',
        permissions: {
          publish: [
            'inbox.acme.crm.*',
            'store.api.CONSUMER.INFO.LOG.crm',
            'store.api.CONSUMER.MSG.NEXT.LOG.crm',
            '$JS.ACK.LOG.crm.>',
          ],
          subscribe: ['_INBOX_crm.>'],
        },
      },
    ]);
  });

  it('let a bot address exactly the targets that it was given', () => {
    const bots = [{ name: 'sre-bot', targets: ['orchestrator', 'memory'] }];
    const { APP } = accountsOf({ services: CORE_SERVICES, bots, publishers: [] });
    const bot = APP.users.find((user) => user.nkey === 'sre-bot');
    expect(bot?.permissions?.publish.filter((subject) => subject.startsWith('log.'))).toEqual([
      'log.orchestrator.*.*.*.sre-bot',
      'log.memory.*.*.*.sre-bot',
    ]);
  });

  it.each([
    // What the person at this machine puts there, its signature must answer for.
    ['OBJ_bundles', ['policy', 'cli']],
    ['INBOX.orchestrator', ['orchestrator']],
  ])('reserve %s for %s', (part, owners) => {
    const bots = [{ name: 'sre-bot' }];
    const { APP } = accountsOf({ services: CORE_SERVICES, bots, publishers: [] });
    const users = APP.users.filter((user) => user.permissions?.publish.some((subject) => subject.endsWith(part)));
    expect(users.map((user) => user.nkey)).toEqual(owners);
  });

  it('have no service in the account that owns the streams', () => {
    const { STORE, SYS } = accountsOf({ services: CORE_SERVICES, bots: [{ name: 'a' }], publishers: [] });
    expect(STORE.users).toEqual([{ nkey: 'provisioner' }]);
    expect(SYS.users).toEqual([{ nkey: 'system' }]);
  });

  it('are not made while somebody’s key is missing', () => {
    const identities = { provisioner: 'p', system: 's', users: {}, publishers: {} };
    expect(() => natsAccounts({ services: CORE_SERVICES, bots: [], publishers: [] }, identities)).toThrow(
      'There is no identity for orchestrator.',
    );
  });
});
