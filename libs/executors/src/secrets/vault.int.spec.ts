import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { Certificates, VaultClient } from '@voorman/pki';
import { LocalAuthority, VaultAuthority } from '@voorman/pki/authorities';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ApiWorld, apiTool, callOf } from '../testing/api-world.js';
import { GatewaySecrets } from './gateway-secrets.js';

// A real Vault, where one is given: VAULT_BIN is the path of the program. docs/tools/api.md says how to build it.
const binary = process.env.VAULT_BIN;
const isThere = binary !== undefined && existsSync(binary);
if (!isThere) process.stderr.write('Left out: the specs against a real Vault. VAULT_BIN names no program.\n');

const world = new ApiWorld();
let folder: string;
let server: ChildProcess;
let address: string;
let vault: VaultClient;

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
const client = (token: string): VaultClient => new VaultClient({ address, login: { token: async () => token } });

describe.skipIf(!isThere)('a real Vault', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'voorman-vault-'));
    const port = await freePort();
    address = `http://127.0.0.1:${port}`;
    const args = ['server', '-dev', '-dev-root-token-id=root', `-dev-listen-address=127.0.0.1:${port}`];
    server = spawn(binary ?? '', [...args, '-dev-no-store-token'], {
      stdio: 'ignore',
      env: { HOME: folder, PATH: '' },
    });
    vault = client('root');
    await vi.waitFor(() => vault.read('sys/health'), { timeout: 30_000 });
    await vault.write('secret/data/search', { data: { token: 'abc-from-vault' } });
    await vault.write('sys/mounts/pki', { type: 'pki', config: { max_lease_ttl: '24h' } });
    await vault.write('pki/root/generate/internal', {
      common_name: 'Test root',
      ttl: '24h',
      key_type: 'ec',
      key_bits: 256,
    });
    await vault.write('pki/roles/voorman', {
      allow_any_name: true,
      allowed_uri_sans: 'spiffe://voorman/*',
      max_ttl: '1h',
      key_type: 'ec',
      key_bits: 256,
    });
    await vault.write('sys/policies/acl/gateway', {
      policy: `path "secret/data/search" { capabilities = ["read"] }
        path "pki/sign-verbatim/voorman" { capabilities = ["update"] }`,
    });
  }, 60_000);
  afterEach(() => world.end());
  afterAll(async () => {
    await vault.stop();
    server.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });
  const gateway = async (): Promise<VaultClient> => {
    const { auth } = (await vault.write('auth/token/create', { policies: ['gateway'], ttl: '10m' })) as {
      auth: { client_token: string };
    };
    return client(auth.client_token);
  };

  it('gives the secrets that its policy allows, and refuses the others', async () => {
    const narrow = await gateway();
    const secrets = new GatewaySecrets({ vault: narrow });
    expect(await secrets.read({ vault: { path: 'secret/data/search', field: 'token' } })).toBe('abc-from-vault');
    const refused = secrets.read({ vault: { path: 'secret/data/other', field: 'token' } });
    await expect(refused).rejects.toMatchObject({ code: 'secret/forbidden' });
    const missing = new GatewaySecrets({ vault }).read({ vault: { path: 'secret/data/nothing', field: 'token' } });
    await expect(missing).rejects.toMatchObject({ code: 'secret/missing' });
    await narrow.stop();
  });

  it('signs certificates that show agent and tool to a server that asks for them', async () => {
    const own = await LocalAuthority.open(join(folder, 'pki'));
    const { certificate: cert, privateKey: key } = await own.issueServer(['127.0.0.1'], 600);
    const root = (await vault.read('pki/cert/ca')) as { data: { certificate: string } };
    const tls = { cert, key, ca: root.data.certificate, requestCert: true, rejectUnauthorized: true };
    const port = await world.serve((request, response) => {
      const { subject, subjectaltname, valid_to } = (request.socket as TLSSocket).getPeerCertificate();
      response.end(JSON.stringify({ subject, subjectaltname, valid_to }));
    }, tls);
    const narrow = await gateway();
    const identities = new Certificates(new VaultAuthority(narrow, 'pki/sign-verbatim/voorman'), { ttlSeconds: 120 });
    const executor = world.executor({ identities, secrets: { read: async () => own.certificate } });
    const tool = apiTool(`https://127.0.0.1:${port}/`, {
      name: 'restart_pod',
      private_addresses: ['127.0.0.1'],
      tls: { client_certificate: true, ca: { file: 'ca.pem' } },
    });
    const result = await callOf(executor, tool);
    expect(result).toMatchObject({
      kind: 'output',
      output: {
        subject: { O: 'acme', OU: 'sre-bot', CN: 'restart_pod' },
        subjectaltname: 'URI:spiffe://voorman/acme/agent/sre-bot/tool/restart_pod',
      },
    });
    const until = result.kind === 'output' ? Date.parse(String(result.output.valid_to)) : 0;
    expect(until - Date.now()).toBeLessThanOrEqual(120_000);
    await narrow.stop();
  });

  it('is not believed where its role puts other words into the subject', async () => {
    const identities = new Certificates(new VaultAuthority(vault, 'pki/sign/voorman'));
    await expect(identities.of({ tenant: 'acme', agent: 'sre-bot', tool: 'restart' })).rejects.toMatchObject({
      code: 'pki/mismatch',
    });
  });
});
