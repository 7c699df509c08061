import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfinedTools, sandboxIsMissing } from '@voorman/executors/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

const isRoot = process.getuid?.() === 0;
const tools = new ConfinedTools();
afterEach(() => tools.end());
let data: string;
let key: string;
beforeAll(() => {
  data = mkdtempSync(join(tmpdir(), 'voorman-data-'));
  mkdirSync(join(data, 'keys'));
  key = join(data, 'keys', 'tool-gateway.nk');
  writeFileSync(key, 'SUAPLANTED');
});
afterAll(() => rmSync(data, { recursive: true }));

const READS = `return attempt(() => fs.readFileSync(args.path, 'utf8').length);`;
const LISTS = `return attempt(() => fs.readdirSync(args.path).length);`;

/** What the body comes to bare, and confined. */
async function both(body: string, args = {}, profile = {}) {
  return { bare: await tools.bare(body, args), confined: await tools.confined(body, profile, args) };
}

describe.skipIf(await sandboxIsMissing())('a program in a sandbox, compared with the same program without', () => {
  it('cannot read the keys in the data folder', async () => {
    const { bare, confined } = await both(READS, { path: key });
    expect(bare).toMatchObject({ output: { did: 10 } });
    expect(confined).toMatchObject({ output: { code: 'ENOENT' } });
  });

  it.runIf(isRoot)('cannot read /etc/shadow', async () => {
    const { bare, confined } = await both(READS, { path: '/etc/shadow' });
    expect(bare).toMatchObject({ output: { did: expect.any(Number) } });
    expect(confined).toMatchObject({ output: { code: 'ENOENT' } });
  });

  it('cannot read /etc/passwd, nor list home or this repository', async () => {
    for (const [body, path] of [
      [READS, '/etc/passwd'],
      [LISTS, homedir()],
      [LISTS, import.meta.dirname],
    ] as const) {
      const { bare, confined } = await both(body, { path });
      expect(bare, path).toMatchObject({ output: { did: expect.any(Number) } });
      expect(confined, path).toMatchObject({ output: { code: 'ENOENT' } });
    }
  });

  it('is not led out by a link in its own folder', async () => {
    const tool = await tools.tool(`return attempt(() => fs.readFileSync('link/tool-gateway.nk', 'utf8'));`);
    symlinkSync(join(data, 'keys'), join(tool.folder, 'link'));
    const bare = await tools.run(await tools.executor({ bare: true }), tool);
    const confined = await tools.run(await tools.executor(), tool);
    expect(bare).toMatchObject({ output: { did: 'SUAPLANTED' } });
    expect(confined).toMatchObject({ output: { code: 'ENOENT' } });
  });

  it('finds no way to the host’s files through /proc', async () => {
    const body = `const ways = ['/proc/1/root', '/proc/self/root', '/proc/self/cwd/..', '/proc/1/cwd'];
      return { found: ways.filter((way) => attempt(() => fs.readFileSync(way + args.path)).did !== undefined) };`;
    const { bare, confined } = await both(body, { path: key });
    expect(bare).toMatchObject({ output: { found: expect.arrayContaining(['/proc/self/root']) } });
    expect(confined).toMatchObject({ output: { found: [] } });
  });

  it('cannot write to its own folder, nor anywhere but to /tmp', async () => {
    const body = `const places = ['.', '/', '/dev', '/usr', '/etc', '/node/bin', '/proc', '/dev/shm/..', args.data, '/tmp'];
      return { written: places.filter((place) => attempt(() => fs.writeFileSync(place + '/planted-by-tool', '')).code === undefined) };`;
    const { bare, confined } = await both(body, { data });
    for (const place of ['/', '/usr', '/etc', '/dev', '/tmp']) rmSync(`${place}/planted-by-tool`, { force: true });
    expect(bare).toMatchObject({ output: { written: expect.arrayContaining(['.', data]) } });
    expect(confined).toMatchObject({ output: { written: ['/tmp'] } });
  });

  it('leaves nothing behind in its /tmp for the next call', async () => {
    const tool = await tools.tool(
      `const was = fs.existsSync('/tmp/left'); fs.writeFileSync('/tmp/left', ''); return { was };`,
    );
    const executor = await tools.executor();
    expect(await tools.run(executor, tool)).toMatchObject({ output: { was: false } });
    expect(await tools.run(executor, tool)).toMatchObject({ output: { was: false } });
  });

  it('meets no device but the harmless ones, and can make none', async () => {
    const body = `const kinds = fs.readdirSync('/dev').filter((name) => {
        const found = attempt(() => fs.statSync('/dev/' + name)).did; return found?.isBlockDevice() || found?.isCharacterDevice(); });
      const made = spawnSync('mknod', ['/tmp/disk', 'b', '8', '0']).status;
      return { kinds: kinds.sort(), made };`;
    const { bare, confined } = await both(body);
    rmSync('/tmp/disk', { force: true });
    if (isRoot) expect(bare).toMatchObject({ output: { made: 0 } });
    expect(confined).toMatchObject({
      output: { kinds: expect.not.arrayContaining(['mem', 'kmsg', 'vda', 'sda', 'kvm', 'fuse', 'vsock']), made: 1 },
    });
    expect(confined).toMatchObject({
      output: { kinds: expect.arrayContaining(['null', 'random', 'urandom', 'zero']) },
    });
  });

  it.runIf(isRoot)('cannot change a setting of the kernel', async () => {
    const body = `return attempt(() => { const file = '/proc/sys/vm/swappiness'; fs.writeFileSync(file, fs.readFileSync(file)); });`;
    const { bare, confined } = await both(body);
    expect(bare).toMatchObject({ output: {} });
    expect(bare).not.toHaveProperty('output.code');
    expect(confined).toMatchObject({ output: { code: expect.stringMatching(/EACCES|EROFS|EPERM/) } });
  });

  it('inherits no open file of the gateway', async () => {
    // Each open file as the program finds it; where a socket is left over, the other end of it is gone.
    const script =
      'for (3..300) { my $to = readlink("/proc/$$/fd/$_") or next; open(my $in, "<&=", $_); ' +
      'push @open, ($to =~ /^socket/ && sysread($in, my $said, 1) == 0) ? "closed" : $to } printf q({"open":"%s"}), "@open"';
    const tool = await tools.tool('', { command: ['/usr/bin/perl', '-e', script] });
    const confined = (await tools.run(await tools.executor(), tool)) as { output?: { open: string } };
    const open = new Set((confined.output?.open ?? 'no answer').split(' ').filter(Boolean));
    expect([...open].filter((to) => to !== 'closed' && to !== '/dev/null')).toEqual([]);
  });

  it('sees of the gateway’s environment what its manifest names, and no secret beside it, nor in /proc', async () => {
    process.env.PLANTED_SECRET = 'hunter2';
    process.env.PLANTED_REGION = 'eu';
    try {
      const body = `const environs = fs.readdirSync('/proc').filter(Number).map((pid) => attempt(() => fs.readFileSync('/proc/' + pid + '/environ', 'utf8')).did);
        return { ...process.env, leak: JSON.stringify(environs).includes('hunter2') };`;
      const bare = await tools.bare(body);
      const confined = await tools.confined(body, {}, {}, { env: ['PLANTED_REGION'] });
      // The test's own environment was there before the secret was planted in it, so bare shows it by name only.
      expect(bare).toMatchObject({ output: { PATH: process.env.PATH } });
      expect(confined).toMatchObject({ output: { PLANTED_REGION: 'eu', HOME: '/tmp', leak: false } });
      expect(JSON.stringify(confined)).not.toContain('hunter2');
    } finally {
      delete process.env.PLANTED_SECRET;
      delete process.env.PLANTED_REGION;
    }
  });
});
