import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeyFileError, keepKeys, UnknownParticipantError } from './keys.js';
import { CORE_SERVICES, type Topology } from './topology.js';

const topology: Topology = {
  services: CORE_SERVICES,
  bots: [{ name: 'sre-bot' }],
  publishers: [{ name: 'crm', tenant: 'acme' }],
};

describe('the keys of a topology', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'voorman-keys-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('stay what they are, also when somebody joins', async () => {
    const before = await keepKeys(folder, topology);
    const after = await keepKeys(folder, { ...topology, bots: [...topology.bots, { name: 'review-bot' }] });
    expect(after.identities).toMatchObject(before.identities);
    expect(after.provisioner).toEqual(before.provisioner);
    for (const name of ['orchestrator', 'sre-bot', 'cli', 'crm']) {
      expect(after.credentialsFor(name)).toEqual(before.credentialsFor(name));
    }
    expect(after.credentialsFor('review-bot')).toMatchObject({ name: 'review-bot' });
  });

  it('differ for everyone', async () => {
    const { identities } = await keepKeys(folder, topology);
    const all = [identities.provisioner, identities.system, ...Object.values(identities.users)];
    expect(new Set(all).size).toBe(all.length);
    expect(Object.keys(identities.users).sort()).toEqual(['cli', 'orchestrator', 'policy', 'sre-bot', 'tool-gateway']);
    expect(identities.publishers.crm).toHaveLength(32);
  });

  it('can be read by their owner alone', async () => {
    await keepKeys(join(folder, 'keys'), topology);
    const entries = await readdir(join(folder, 'keys'), { recursive: true, withFileTypes: true });
    expect(entries.length).toBeGreaterThan(8);
    for (const entry of entries) {
      const { mode } = await stat(join(entry.parentPath, entry.name));
      expect(mode & 0o777, entry.name).toBe(entry.isDirectory() ? 0o700 : 0o600);
    }
    expect((await stat(join(folder, 'keys'))).mode & 0o777).toBe(0o700);
  });

  it('are the same for all who make them at once', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => keepKeys(folder, topology)));
    for (const keys of made) expect(keys.identities).toEqual(made[0]?.identities);
    expect((await readdir(join(folder, 'users'))).sort()).toEqual([
      'cli.nk',
      'orchestrator.nk',
      'policy.nk',
      'sre-bot.nk',
      'tool-gateway.nk',
    ]);
  });

  it.each([
    ['users/sre-bot.nk', ''],
    ['users/sre-bot.nk', 'SUAB'],
    ['publishers/crm.password', 'short'],
  ])('are not replaced in silence when %s is broken', async (file, content) => {
    await keepKeys(folder, topology);
    await writeFile(join(folder, file), content);
    await expect(keepKeys(folder, topology)).rejects.toThrow(KeyFileError);
  });

  it('belong to nobody who does not take part', async () => {
    const keys = await keepKeys(folder, topology);
    expect(() => keys.credentialsFor('nobody')).toThrow(UnknownParticipantError);
  });
});
