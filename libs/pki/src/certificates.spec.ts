import { describe, expect, it } from 'vitest';
import type { CallSubject, CertificateAuthority } from './authority.js';
import { Certificates } from './certificates.js';

function counting(ttlMs: number, now: () => number) {
  const issued: CallSubject[] = [];
  const authority: CertificateAuthority = {
    async issue({ subject }) {
      issued.push(subject);
      return { certificate: `${issued.length}`, chain: '+', notAfter: new Date(now() + ttlMs) };
    },
  };
  return { issued, authority };
}
const pay = { tenant: 'acme', agent: 'sre-bot', tool: 'pay' };

describe('the certificates of calls', () => {
  it('are issued once for all calls of an agent and a tool at a time', async () => {
    const { issued, authority } = counting(300_000, Date.now);
    const certificates = new Certificates(authority);
    const identities = await Promise.all(Array.from({ length: 10 }, () => certificates.of(pay)));
    expect(issued).toEqual([pay]);
    expect(new Set(identities.map((identity) => identity.certificate))).toEqual(new Set(['1+']));
    expect(identities[0]?.privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  });

  it('are never shared between tenants, agents or tools', async () => {
    const { issued, authority } = counting(300_000, Date.now);
    const certificates = new Certificates(authority);
    const all = [
      pay,
      { ...pay, tenant: 'b' },
      { ...pay, agent: 'b' },
      { ...pay, tool: 'b' },
      { ...pay, agent: 'sre-botp', tool: 'ay' },
    ];
    const seen = await Promise.all(all.map((subject) => certificates.of(subject)));
    expect(issued).toHaveLength(all.length);
    // Keys take their time to make, each its own.
    expect(issued).toEqual(expect.arrayContaining(all));
    expect(new Set(seen.map((identity) => identity.privateKey)).size).toBe(all.length);
  });

  it('are issued anew before they end, with a key of their own', async () => {
    let now = 1_000_000;
    const { issued, authority } = counting(300_000, () => now);
    const certificates = new Certificates(authority, { now: () => now });
    const first = await certificates.of(pay);
    now += 239_000;
    expect(await certificates.of(pay)).toBe(first);
    now += 2_000;
    const second = await certificates.of(pay);
    expect(second.certificate).toBe('2+');
    expect(second.privateKey).not.toBe(first.privateKey);
    expect(issued).toHaveLength(2);
  });

  it('that could not be issued are asked for anew', async () => {
    let fails = true;
    const { authority } = counting(300_000, Date.now);
    const certificates = new Certificates({
      issue: (request) => (fails ? Promise.reject(new Error('down')) : authority.issue(request)),
    });
    await expect(certificates.of(pay)).rejects.toThrow('down');
    fails = false;
    expect((await certificates.of(pay)).certificate).toBe('1+');
  });

  it('are kept for so many at a time, those of the longest unused given up', async () => {
    const { issued, authority } = counting(300_000, Date.now);
    const certificates = new Certificates(authority);
    for (let n = 0; n < 1_000; n += 1) await certificates.of({ ...pay, tool: `t${n}` });
    await certificates.of({ ...pay, tool: 't0' });
    await certificates.of({ ...pay, tool: 'new' });
    await certificates.of({ ...pay, tool: 't0' });
    expect(issued).toHaveLength(1_001);
    await certificates.of({ ...pay, tool: 't1' });
    expect(issued).toHaveLength(1_002);
  });
});
