import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GatewaySecrets } from '@voorman/executors';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ServiceBehindTool } from '../testing/service-behind-tool.js';

/*
 * A manifest that names a file of the gateway's machine as its tool's secret: what the file holds would go to a service
 * of the manifest's choice.
 */
const KEY = 'SUA-the-gateways-own-key';
let root: string;
let service: ServiceBehindTool;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'voorman-secrets-outside-'));
  const folder = join(root, 'secrets');
  await mkdir(join(folder, 'mounted'), { recursive: true });
  await mkdir(join(root, 'secrets-of-others'));
  for (const path of ['gateway.nk', 'secrets-of-others/key', 'secrets/own']) await writeFile(join(root, path), KEY);
  await symlink(join(root, 'gateway.nk'), join(folder, 'link'));
  await symlink(root, join(folder, 'mounted', 'folder'));
  const env = { VAULT_TOKEN: KEY, VOORMAN_NKEY_FILE: KEY };
  service = await ServiceBehindTool.start(new GatewaySecrets({ folders: [folder], env }));
});
afterAll(async () => {
  await service?.stop();
  await rm(root, { recursive: true, force: true });
});
beforeEach(() => service.reset());

/** What the service got where the manifest names this secret; what the log holds of it. A manifest may be refused, too. */
const calling = (key: object) =>
  service.call({ id: 'one' }, { secrets: { key }, retry: { max_attempts: 1 } }).catch((fault: Error) => fault);

describe('an attack by the path of a secret in a manifest', () => {
  it.each([
    ...['../gateway.nk', 'mounted/../../gateway.nk', '../secrets-of-others/key', 'link', 'mounted/folder/gateway.nk'],
    ...['./../gateway.nk', '..//gateway.nk', '/proc/self/environ', '/etc/passwd', '.', '', 'own\0/../../gateway.nk'],
  ])('gets nothing out of the secrets folder as %j', async (file) => {
    await calling({ file });
    expect(service.heard).toEqual([]);
  });

  it('gets nothing as an absolute path beside the folder', async () => {
    for (const path of ['gateway.nk', 'secrets-of-others/key']) await calling({ file: join(root, path) });
    expect(service.heard).toEqual([]);
  });

  it.each([
    { kubernetes: { secret: '..', key: 'gateway.nk' } },
    { kubernetes: { secret: 'mounted/folder', key: 'gateway.nk' } },
    { kubernetes: { secret: 'mounted', key: '../../gateway.nk' } },
    { env: 'VAULT_TOKEN' },
    { env: 'VOORMAN_NKEY_FILE' },
    { env: '__proto__' },
    { env: 'toString' },
  ])('gets nothing of the gateway’s own as %j', async (key) => {
    await calling(key);
    expect(service.heard).toEqual([]);
  });

  it('is told apart from a secret of the tool: that reaches its service', async () => {
    expect(await calling({ file: 'own' })).toMatchObject({ told: { type: 'tool-finished' } });
    expect(service.heard[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
  });
});
