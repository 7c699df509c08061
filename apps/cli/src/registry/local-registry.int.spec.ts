import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signTool } from '@voorman/distribution';
import { loadRegistries } from '@voorman/registry';
import { ensureSigningKey, loadTrust } from '@voorman/signing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataFolder } from '../stack/data-folder.js';
import { prepareTools, signLocally, withLocalSignatures } from './local-registry.js';
import { localKeyFile, localSigner, localTrustFolder } from './local-signer.js';
import { judged } from './signatures.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'voorman-local-registry-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const data = () => dataFolder(join(root, 'data'));
const registryFolder = () => join(root, 'registry');

async function writeTool(name: string, program = 'process.exit()'): Promise<void> {
  const folder = join(registryFolder(), 'tools', name);
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'tool.yaml'),
    `name: ${name}\nversion: 1.0.0\ntype: process\ncommand: [node, main.js]\nschema: {}\n`,
  );
  await writeFile(join(folder, 'main.js'), program);
}
const prepared = async () => (await prepareTools((await loadRegistries([registryFolder()])).tools)).tools;
const judgementOf = async (tool: Parameters<typeof judged>[0]) =>
  judged(tool, await loadTrust([localTrustFolder(data())]), Date.now());

describe('the key of this machine', () => {
  it('is made once, for this user alone, and is trusted here', async () => {
    await mkdir(data().path, { recursive: true });
    const [one, again] = [await localSigner(data()), await localSigner(data())];
    expect(again.keyid).toBe(one.keyid);
    expect((await stat(localKeyFile(data()))).mode & 0o777).toBe(0o600);
    expect([...(await loadTrust([localTrustFolder(data())])).roots.keys()]).toEqual([one.keyid]);
  });

  it('stays revoked when somebody revoked it', async () => {
    await mkdir(data().path, { recursive: true });
    await localSigner(data());
    const file = join(localTrustFolder(data()), 'local.yaml');
    await writeFile(file, `${await readFile(file, 'utf8')}revoked: true\n`);
    const key = await localSigner(data());
    expect((await loadTrust([localTrustFolder(data())])).roots.get(key.keyid)?.revoked).toBe(true);
  });
});

describe('the tools of a starting stack', () => {
  it('are signed by this machine, and the folders stay as they are', async () => {
    await mkdir(data().path, { recursive: true });
    await writeTool('echo');
    const [tool] = await signLocally(data(), await localSigner(data()), await prepared());
    expect(tool && (await judgementOf(tool))).toMatchObject({ signers: ['this machine'], fault: null });
    await expect(stat(join(registryFolder(), 'tools/echo/tool.dsse.json'))).rejects.toThrow('ENOENT');
  });

  it('are signed anew only where something changed', async () => {
    await mkdir(data().path, { recursive: true });
    await writeTool('echo');
    await writeTool('other');
    const key = await localSigner(data());
    let signatures = 0;
    const counting = {
      ...key,
      sign(bytes: Uint8Array) {
        signatures += 1;
        return key.sign(bytes);
      },
    };
    await signLocally(data(), counting, await prepared());
    await signLocally(data(), counting, await prepared());
    expect(signatures).toBe(2);
    await writeTool('echo', 'process.exit(1)');
    const [echo] = await signLocally(data(), counting, await prepared());
    expect([signatures, echo && (await judgementOf(echo)).fault]).toEqual([3, null]);
  });

  it('keep that signature for whoever verifies them, beside the one that a team gave them', async () => {
    await mkdir(data().path, { recursive: true });
    await writeTool('echo');
    await writeTool('later');
    const machine = await localSigner(data());
    await signLocally(data(), machine, (await prepared()).slice(0, 1));
    const team = await ensureSigningKey(join(root, 'team.pem'));
    const beside = (await prepared()).map((each) => signTool(each, [team]));
    const [echo, later] = await withLocalSignatures(data(), beside);
    expect(echo?.envelope?.signatures.map(({ keyid }) => keyid)).toEqual([team.keyid, machine.keyid]);
    expect(later?.envelope?.signatures.map(({ keyid }) => keyid)).toEqual([team.keyid]);
    await writeTool('echo', 'process.exit(1)');
    const [changed] = await withLocalSignatures(data(), await prepared());
    expect(changed && (await judgementOf(changed)).fault?.code).toBe('signing/unsigned');
  });

  it('do without one that cannot be a package, which is named', async () => {
    await writeTool('echo');
    await writeTool('crooked');
    await writeFile(join(registryFolder(), 'tools/crooked/tool.dsse.json'), 'no signature');
    const { tools, problems } = await prepareTools((await loadRegistries([registryFolder()])).tools);
    expect(tools.map(({ tool }) => tool.name)).toEqual(['echo']);
    expect(problems).toEqual([expect.stringContaining('crooked')]);
  });
});
