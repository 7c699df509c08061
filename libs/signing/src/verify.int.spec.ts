import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, it as property } from '@fast-check/vitest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addSignature, signStatement } from './dsse.js';
import { ensureSigningKey, loadSigningKey, type SigningKey } from './keys.js';
import { loadTrust, THRESHOLDS_FILE } from './trust.js';
import { verifyEnvelope } from './verify.js';

const TYPE = 'application/vnd.voorman.tool+json';
const NOW = Date.parse('2026-11-21T12:00:00Z');
const statement = { name: 'search_web', version: '1.2.0', digest: 'sha256:00' };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voorman-signing-'));
});
afterEach(() => rm(folder, { recursive: true }));

const key = (name: string): Promise<SigningKey> => ensureSigningKey(join(folder, `${name}.pem`));

async function trusting(...roots: { name: string; key: SigningKey; more?: Record<string, unknown> }[]) {
  const trusted = join(await mkdtemp(join(folder, 'trust-')));
  for (const [index, root] of roots.entries()) {
    const file = {
      name: root.name,
      public_key: root.key.publicKey,
      valid_from: '2026-01-01T00:00:00Z',
      valid_until: '2027-01-01T00:00:00Z',
      ...root.more,
    };
    await writeFile(join(trusted, `${index}.json`), JSON.stringify(file));
  }
  return trusted;
}

const verify = async (given: unknown, folders: string[], nowMs = NOW) =>
  verifyEnvelope(given, {
    what: 'search_web 1.2.0',
    payloadType: TYPE,
    purpose: 'tools',
    trust: await loadTrust(folders),
    nowMs,
  });

describe('a signed statement', () => {
  it('is believed when somebody who is trusted signed it', async () => {
    const ops = await key('ops');
    const signed = signStatement(TYPE, statement, [ops]);
    await expect(verify(signed, [await trusting({ name: 'ops', key: ops })])).resolves.toEqual({
      statement,
      signers: ['ops'],
    });
  });

  it('is the same bytes whatever the order of its keys', async () => {
    const ops = await key('ops');
    const { digest, version, name } = statement;
    expect(signStatement(TYPE, { digest, version, name }, [ops])).toEqual(signStatement(TYPE, statement, [ops]));
  });

  it.each([
    ['nothing at all', undefined],
    ['no envelope', { hello: 'world' }],
    ['an envelope without signatures', { payloadType: TYPE, payload: '', signatures: [] }],
  ])('is unsigned where there is %s', async (_what, given) => {
    await expect(verify(given, [])).rejects.toMatchObject({ code: 'signing/unsigned' });
  });

  it('is a stranger’s where nobody who signed is trusted, or not for this purpose', async () => {
    const [ops, other] = [await key('ops'), await key('other')];
    const signed = signStatement(TYPE, statement, [other]);
    await expect(verify(signed, [await trusting({ name: 'ops', key: ops })])).rejects.toMatchObject({
      code: 'signing/stranger',
    });
    const forPolicy = await trusting({ name: 'other', key: other, more: { purposes: ['policy'] } });
    await expect(verify(signed, [forPolicy])).rejects.toMatchObject({ code: 'signing/stranger' });
  });

  it('is refused as changed where one byte of it is another', async () => {
    const ops = await key('ops');
    const trusted = await trusting({ name: 'ops', key: ops });
    const signed = signStatement(TYPE, statement, [ops]);
    const other = signStatement(TYPE, { ...statement, version: '1.2.1' }, [ops]);
    await expect(verify({ ...signed, payload: other.payload }, [trusted])).rejects.toMatchObject({
      code: 'signing/changed',
    });
    await expect(verify({ ...signed, payloadType: 'application/other' }, [trusted])).rejects.toMatchObject({
      code: 'signing/changed',
    });
  });

  it('is refused where the type is passed off by moving bytes between type and payload', async () => {
    const ops = await key('ops');
    const signed = signStatement(`${TYPE}x`, statement, [ops]);
    const trusted = await trusting({ name: 'ops', key: ops });
    await expect(verify({ ...signed, payloadType: TYPE }, [trusted])).rejects.toMatchObject({
      code: 'signing/changed',
    });
  });

  it.each([
    ['before the key is good', '2025-12-31T23:59:59Z'],
    ['at the moment its time is over', '2027-01-01T00:00:00Z'],
  ])('is refused as expired %s', async (_when, at) => {
    const ops = await key('ops');
    const signed = signStatement(TYPE, statement, [ops]);
    const trusted = await trusting({ name: 'ops', key: ops });
    await expect(verify(signed, [trusted], Date.parse(at))).rejects.toMatchObject({ code: 'signing/expired' });
  });

  it('is refused where the key is revoked, also if only one of two folders says so', async () => {
    const ops = await key('ops');
    const signed = signStatement(TYPE, statement, [ops]);
    const good = await trusting({ name: 'ops', key: ops });
    const revoked = await trusting({ name: 'ops', key: ops, more: { revoked: true } });
    for (const folders of [
      [good, revoked],
      [revoked, good],
    ]) {
      await expect(verify(signed, folders)).rejects.toMatchObject({ code: 'signing/revoked' });
    }
  });

  it('needs as many people as the threshold says, and two keys of one person are one', async () => {
    const [ops, second, security] = [await key('ops'), await key('ops2'), await key('security')];
    const trusted = await trusting(
      { name: 'ops', key: ops },
      { name: 'ops', key: second },
      { name: 'security', key: security },
    );
    await writeFile(join(trusted, THRESHOLDS_FILE), 'tools: 2\n');
    const one = signStatement(TYPE, statement, [ops]);
    await expect(verify(one, [trusted])).rejects.toMatchObject({ code: 'signing/too-few' });
    await expect(verify(addSignature(one, second), [trusted])).rejects.toMatchObject({ code: 'signing/too-few' });
    const { signers } = await verify(addSignature(one, security), [trusted]);
    expect(signers).toEqual(['ops', 'security']);
  });

  it('stays good when a stranger adds a signature', async () => {
    const [ops, other] = [await key('ops'), await key('other')];
    const signed = addSignature(signStatement(TYPE, statement, [ops]), other);
    const { signers } = await verify(signed, [await trusting({ name: 'ops', key: ops })]);
    expect(signers).toEqual(['ops']);
  });

  it('is believed by nobody where it cannot be read how many have to sign', async () => {
    const ops = await key('ops');
    const trusted = await trusting({ name: 'ops', key: ops });
    await writeFile(join(trusted, THRESHOLDS_FILE), 'tools: none\n');
    await expect(verify(signStatement(TYPE, statement, [ops]), [trusted])).rejects.toMatchObject({
      code: 'signing/too-few',
    });
  });

  property.prop([fc.jsonValue({ maxDepth: 3 })])('comes back as it was', async (value) => {
    const ops = await key('ops');
    const given = JSON.parse(JSON.stringify({ value }));
    const trusted = await trusting({ name: 'ops', key: ops });
    const { statement: read } = await verify(signStatement(TYPE, given, [ops]), [trusted]);
    expect(read).toEqual(given);
  });
});

describe('the trust folder', () => {
  it('goes on with the rest where one file is no root, and says which', async () => {
    const ops = await key('ops');
    const trusted = await trusting({ name: 'ops', key: ops });
    await writeFile(join(trusted, 'broken.yaml'), 'name: somebody\n');
    const trust = await loadTrust([trusted, join(folder, 'not-there')]);
    expect(trust.roots.size).toBe(1);
    expect(trust.problems.map((problem) => problem.message)).toEqual([expect.stringContaining('broken.yaml')]);
  });
});

describe('a signing key', () => {
  it('is made once, for its user alone, and is the same the next time', async () => {
    const file = join(folder, 'keys', 'local.pem');
    const made = await Promise.all([ensureSigningKey(file), ensureSigningKey(file)]);
    expect(new Set(made.map(({ keyid }) => keyid)).size).toBe(1);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('comes from an environment variable too', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await expect(loadSigningKey({ env: 'TOOL_KEY' }, { TOOL_KEY: pem })).resolves.toMatchObject({
      keyid: expect.stringMatching(/^sha256:/),
    });
  });

  it.each([
    ['is not set', { env: 'NOT_SET' }],
    ['is not there', { file: '/not/there.pem' }],
    ['is no key', { env: 'NO_KEY' }],
    ['is of another kind', { env: 'RSA' }],
  ])('that %s is refused in words that hold nothing of it', async (_what, source) => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const rsa = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const env = { NO_KEY: 'hunter2-is-not-a-key', RSA: rsa };
    const fault = await loadSigningKey(source, env).catch((cause: unknown) => cause);
    expect(fault).toMatchObject({ code: 'signing/unusable-key' });
    expect(String(fault)).not.toContain('hunter2');
  });
});
