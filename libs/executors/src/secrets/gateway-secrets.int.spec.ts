import { chmod, mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VaultClient } from '@voorman/pki';
import type { SecretRef } from '@voorman/registry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewaySecrets } from './gateway-secrets.js';

let folder: string;
let outside: string;
const ends: (() => Promise<unknown> | unknown)[] = [];
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'voorman-secrets-')));
  outside = await mkdtemp(join(tmpdir(), 'voorman-outside-'));
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  for (const path of [folder, outside]) await rm(path, { recursive: true });
});
const secrets = (more: object = {}) => new GatewaySecrets({ folders: [folder], cacheMs: 0, ...more });
const faultOf = (store: GatewaySecrets, ref: SecretRef) => store.read(ref).catch((fault: unknown) => fault);

describe('a secret of the environment', () => {
  it('is the value of its variable', async () => {
    expect(await secrets({ env: { SEARCH_TOKEN: 'abc' } }).read({ env: 'SEARCH_TOKEN' })).toBe('abc');
  });
  it.each(['NOT_SET', 'EMPTY', 'toString'])('is missing where %s names no value', async (env) => {
    expect(await faultOf(secrets({ env: { EMPTY: '' } }), { env })).toMatchObject({ code: 'secret/missing' });
  });
  it.each(['VOORMAN_NKEY_FILE', 'VAULT_TOKEN'])('is never a setting of the gateway itself, such as %s', async (env) => {
    expect(await faultOf(secrets({ env: { [env]: 'x' } }), { env })).toMatchObject({ code: 'secret/forbidden' });
  });
});

describe('a secret in a file', () => {
  it('is what stands there, without the last line break', async () => {
    await writeFile(join(folder, 'token'), 'abc\n');
    expect(await secrets().read({ file: 'token' })).toBe('abc');
    expect(await secrets().read({ file: join(folder, 'token') })).toBe('abc');
  });
  it('is found in a mount of Kubernetes, which consists of links, and is new after a rotation', async () => {
    const mount = join(folder, 'search');
    await mkdir(join(mount, '..v1'), { recursive: true });
    await mkdir(join(mount, '..v2'));
    await writeFile(join(mount, '..v1', 'token'), 'first');
    await writeFile(join(mount, '..v2', 'token'), 'second');
    await symlink('..v1', join(mount, '..data'));
    await symlink(join('..data', 'token'), join(mount, 'token'));
    const store = secrets();
    const ref = { kubernetes: { secret: 'search', key: 'token' } };
    expect(await store.read(ref)).toBe('first');
    await symlink('..v2', join(mount, '..new'));
    await rename(join(mount, '..new'), join(mount, '..data'));
    expect(await store.read(ref)).toBe('second');
  });
  it.each([
    ['upwards', () => '../other'],
    ['by an absolute path', () => join(outside, 'key')],
    ['to the folder itself', () => '.'],
    ['to a folder beside it whose name begins alike', () => `${folder}-more/key`],
  ])('is not looked for %s', async (_way, path) => {
    await writeFile(join(outside, 'key'), 'the gateway’s own');
    expect(await faultOf(secrets(), { file: path() })).toMatchObject({ code: 'secret/forbidden' });
  });
  it('is not followed out of the folder by a link', async () => {
    await writeFile(join(outside, 'key'), 'the gateway’s own');
    await symlink(join(outside, 'key'), join(folder, 'innocent'));
    await symlink(outside, join(folder, 'mount'));
    expect(await faultOf(secrets(), { file: 'innocent' })).toMatchObject({ code: 'secret/forbidden' });
    expect(await faultOf(secrets(), { file: 'mount/key' })).toMatchObject({ code: 'secret/forbidden' });
  });
  it('that is missing, empty or a folder is told without its path to whoever is not the operator', async () => {
    await writeFile(join(folder, 'empty'), '\n');
    await mkdir(join(folder, 'folder'));
    for (const file of ['nothing', 'empty', 'folder']) {
      const fault = (await faultOf(secrets(), { file })) as { message: string; next: string; detail: string };
      expect(fault.detail).toContain(file);
      expect(`${fault.message} ${fault.next}`).not.toContain(file);
    }
  });
  it('cannot be had where no folder is set', async () => {
    const fault = await faultOf(new GatewaySecrets({}), { file: '/etc/hostname' });
    expect(fault).toMatchObject({ code: 'secret/unavailable', retryable: false });
  });
  it('is read once for many calls, and again when its time is over', async () => {
    await writeFile(join(folder, 'token'), 'first');
    const store = new GatewaySecrets({ folders: [folder], cacheMs: 60 });
    expect(await Promise.all([1, 2, 3].map(() => store.read({ file: 'token' })))).toEqual(['first', 'first', 'first']);
    await writeFile(join(folder, 'token'), 'second');
    expect(await store.read({ file: 'token' })).toBe('first');
    await expect.poll(() => store.read({ file: 'token' })).toBe('second');
  });
  it('that was unreadable is tried anew at the next call', async () => {
    const store = new GatewaySecrets({ folders: [folder] });
    expect(await faultOf(store, { file: 'late' })).toMatchObject({ code: 'secret/missing' });
    await writeFile(join(folder, 'late'), 'abc', { mode: 0o600 });
    await chmod(folder, 0o700);
    expect(await store.read({ file: 'late' })).toBe('abc');
  });
});

/** Speaks as much of Vault's HTTP API as is asked here; the real one is asked by an opt-in spec. */
async function vaultLike(answers: (request: { url: string; token: unknown; body: string }) => [number, unknown]) {
  const server: Server = createServer((request, response) => {
    let body = '';
    request
      .on('data', (part) => (body += part))
      .on('end', () => {
        const [status, answer] = answers({ url: request.url ?? '', token: request.headers['x-vault-token'], body });
        response.writeHead(status).end(typeof answer === 'string' ? answer : JSON.stringify(answer));
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const REF: SecretRef = { vault: { path: 'secret/data/search', field: 'token' } };
function client(address: string, login?: ConstructorParameters<typeof VaultClient>[0]['login']): VaultClient {
  const vault = new VaultClient({ address, login: login ?? { token: async () => 'root' }, timeoutMs: 2_000 });
  ends.push(() => vault.stop());
  return vault;
}

describe('a secret in Vault', () => {
  it('is a field of a KV store, asked for with the gateway’s token', async () => {
    const asked: unknown[] = [];
    const address = await vaultLike(({ url, token }) => {
      asked.push({ url, token });
      return [200, { data: { data: { token: 'abc' }, metadata: {} } }];
    });
    expect(await secrets({ vault: client(address) }).read(REF)).toBe('abc');
    expect(asked).toEqual([{ url: '/v1/secret/data/search', token: 'root' }]);
  });
  it('is had with the token of a Kubernetes service account, and with a new one when that was revoked', async () => {
    let logins = 0;
    const address = await vaultLike(({ url, token, body }) => {
      if (url === '/v1/auth/kubernetes/login') {
        expect(JSON.parse(body)).toEqual({ role: 'gateway', jwt: 'jwt' });
        logins += 1;
        return [200, { auth: { client_token: `t${logins}`, lease_duration: 3_600 } }];
      }
      return token === 't2' ? [200, { data: { data: { token: 'abc' } } }] : [403, { errors: ['permission denied'] }];
    });
    const login = {
      path: 'auth/kubernetes/login',
      body: async () => ({ role: 'gateway', jwt: 'jwt' }),
    };
    expect(await secrets({ vault: client(address, login) }).read(REF)).toBe('abc');
    expect(logins).toBe(2);
  });
  it.each([
    [404, { errors: [] }, 'secret/missing', false],
    [403, { errors: ['permission denied'] }, 'secret/forbidden', false],
    [503, { errors: ['Vault is sealed'] }, 'secret/unavailable', true],
    [500, { errors: ['oh'] }, 'secret/unavailable', true],
    [200, { data: { data: { other: 'x' } } }, 'secret/missing', false],
    [200, { data: { data: { token: 7 } } }, 'secret/missing', false],
    [200, 'abc-the-secret, no JSON', 'secret/unavailable', false],
    [302, { data: { data: { token: 'of somebody else' } } }, 'secret/unavailable', false],
  ])('answered with %d and %j is %s', async (status, answer, code, retryable) => {
    const address = await vaultLike(() => [status, answer]);
    const fault = await faultOf(secrets({ vault: client(address) }), REF);
    expect(fault).toMatchObject({ code, retryable });
    for (let cause = fault; cause instanceof Error; cause = cause.cause) {
      expect(`${cause.stack} ${JSON.stringify(cause)}`).not.toContain('abc-the-secret');
    }
  });
  it('cannot be had where nobody answers, or no Vault is set', async () => {
    expect(await faultOf(secrets({ vault: client('http://127.0.0.1:1') }), REF)).toMatchObject({
      code: 'secret/unavailable',
      retryable: true,
    });
    expect(await faultOf(secrets(), REF)).toMatchObject({ code: 'secret/unavailable', retryable: false });
  });
});
