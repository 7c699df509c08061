import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openKeyring } from './keyring.js';

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'voorman-keyring-'));
});
afterEach(() => rm(data, { recursive: true }));
const SUBJECT = { tenant: 'acme', agent: 'sre-bot', tool: 'pay' };

describe('the keys of a gateway', () => {
  it('need no settings: secrets lie in the data folder, and its own authority issues certificates', async () => {
    await mkdir(join(data, 'secrets'));
    await writeFile(join(data, 'secrets', 'token'), 'abc');
    const keyring = await openKeyring({ SEARCH: 'def', VOORMAN_SECRETS: '' }, data);
    expect(await keyring.secrets.read({ file: 'token' })).toBe('abc');
    expect(await keyring.secrets.read({ env: 'SEARCH' })).toBe('def');
    expect(await readdir(data)).not.toContain('pki');
    expect((await keyring.identities?.of(SUBJECT))?.certificate).toContain('BEGIN CERTIFICATE');
    await keyring.stop();
  });

  it('do not lie where services keep their own', async () => {
    await mkdir(join(data, 'keys'));
    await writeFile(join(data, 'keys', 'system.nk'), 'SU…');
    const { secrets } = await openKeyring({}, data);
    for (const file of ['../keys/system.nk', join(data, 'keys', 'system.nk')]) {
      await expect(secrets.read({ file })).rejects.toMatchObject({ code: 'secret/forbidden' });
    }
  });

  it('say so when the root of the authority is not one, and stop nothing else', async () => {
    await mkdir(join(data, 'pki'));
    await writeFile(join(data, 'pki', 'authority.pem'), 'no root', { mode: 0o600 });
    const { identities, secrets } = await openKeyring({ SEARCH: 'def' }, data);
    await expect(identities?.of(SUBJECT)).rejects.toMatchObject({ code: 'pki/unavailable', retryable: false });
    expect(await secrets.read({ env: 'SEARCH' })).toBe('def');
  });

  it('issue no certificates where the settings say so', async () => {
    expect(await openKeyring({ VOORMAN_PKI: 'none' }, data)).not.toHaveProperty('identities');
  });

  it.each([
    { VOORMAN_VAULT_ADDR: 'https://vault.example' },
    { VOORMAN_VAULT_ADDR: 'https://vault.example', VOORMAN_VAULT_TOKEN_FILE: '/t', VOORMAN_VAULT_ROLE: 'r' },
    { VOORMAN_VAULT_ADDR: 'vault.example', VOORMAN_VAULT_ROLE: 'r' },
    { VOORMAN_VAULT_ADDR: 'https://vault.example', VOORMAN_VAULT_ROLE: 'r', VOORMAN_VAULT_CA_FILE: '/nowhere' },
    { VOORMAN_PKI: 'vault' },
    { VOORMAN_PKI: 'somebody' },
    { VOORMAN_PKI_PATH: '../sys' },
    { VOORMAN_CERTIFICATE_SECONDS: '5' },
  ])('are refused with settings that do not fit: %j', async (env) => {
    await expect(openKeyring(env, data)).rejects.toMatchObject({ code: 'secret/invalid-settings' });
  });
});
