import { readFileSync } from 'node:fs';
import { ConfinedTools, running, sandboxIsMissing } from '@voorman/executors/testing';
import { afterEach, describe, expect, it } from 'vitest';

const isRoot = process.getuid?.() === 0;
const tools = new ConfinedTools();
afterEach(() => tools.end());

const end = (pids: readonly number[]) => {
  for (const pid of pids) process.kill(pid, 'SIGKILL');
};
let marks = 0;
/** A time that nobody else sleeps. */
const mark = (): string => {
  marks += 1;
  return `3${process.pid}.${marks}`;
};

/** Exits with what a raw call of the kernel says: 0, or the error's number. */
const CALLS = `return { said: args.calls.map((call) => spawnSync('/usr/bin/perl',
  ['-e', 'exit(syscall(' + call + ') < 0 ? $! + 0 : 0)']).status) };`;

describe.skipIf(await sandboxIsMissing())('a program in a sandbox, compared with the same program without', () => {
  it('sees no process but its own', async () => {
    const body = `return { seen: fs.existsSync('/proc/' + args.pid + '/cmdline') && String(fs.readFileSync('/proc/' + args.pid + '/cmdline')).includes('vitest'),
      commands: fs.readdirSync('/proc').filter(Number).length };`;
    const args = { pid: process.pid };
    expect(await tools.bare(body, args)).toMatchObject({ output: { commands: expect.any(Number) } });
    const confined = (await tools.confined(body, {}, args)) as { output?: { seen: boolean; commands: number } };
    expect(confined.output?.seen).toBe(false);
    expect(confined.output?.commands).toBeLessThan(5);
  });

  it('cannot signal the gateway', async () => {
    const body = `return attempt(() => process.kill(args.pid, 0));`;
    expect(await tools.bare(body, { pid: process.pid })).toMatchObject({ output: { did: true } });
    expect(await tools.confined(body, {}, { pid: process.pid })).toMatchObject({ output: { code: 'ESRCH' } });
  });

  // The calls are named by their numbers.
  it.runIf(process.arch === 'x64')(
    'cannot trace, nor look into the memory of others, nor read keys of the kernel',
    async () => {
      // ptrace(PTRACE_TRACEME), process_vm_readv of itself, keyctl(KEYCTL_GET_KEYRING_ID of the session).
      const calls = ['101, 0, 0, 0, 0', '310, $$, 0, 0, 0, 0, 0', '250, 0, -3, 1'];
      const bare = (await tools.bare(CALLS, { calls })) as { output?: { said: number[] } };
      expect(bare.output?.said.slice(0, 2)).toEqual([0, 0]);
      expect(await tools.confined(CALLS, {}, { calls })).toMatchObject({ output: { said: [1, 1, 1] } });
    },
  );

  // The calls are named by their numbers.
  it.runIf(process.arch === 'x64')('cannot make namespaces in which it would be root', async () => {
    // unshare(CLONE_NEWUSER), clone(CLONE_NEWUSER | SIGCHLD), clone3.
    const calls = ['272, 0x10000000', '56, 0x10000011, 0, 0, 0, 0', '435, 0, 0'];
    const bare = (await tools.bare(CALLS, { calls: calls.slice(0, 1) })) as { output?: { said: number[] } };
    expect(bare.output?.said).toEqual([0]);
    expect(await tools.confined(CALLS, {}, { calls })).toMatchObject({ output: { said: [1, 1, 38] } });
  });

  // The calls are named by their numbers.
  it.runIf(process.arch === 'x64')('cannot hide from whoever watches it', async () => {
    // prctl(PR_SET_DUMPABLE, 0), and as a check of the check prctl(PR_GET_DUMPABLE) and prctl(PR_SET_NAME).
    const calls = ['157, 4, 0, 0, 0, 0', '157, 3, 0, 0, 0, 0', '157, 15, $0, 0, 0, 0'];
    expect(await tools.bare(CALLS, { calls })).toMatchObject({ output: { said: [0, 0, 0] } });
    expect(await tools.confined(CALLS, {}, { calls })).toMatchObject({ output: { said: [1, 0, 0] } });
  });

  it('has no rights of root, whoever the gateway is, and cannot win any', async () => {
    const body = `const status = fs.readFileSync('/proc/self/status', 'utf8');
      return { uid: process.getuid(), caps: /CapBnd:\\s+(\\w+)/.exec(status)[1], privileges: /NoNewPrivs:\\s+(\\d)/.exec(status)[1],
        su: spawnSync('su', ['-c', 'id']).status, map: fs.readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\\s+/).map(Number) };`;
    const confined = (await tools.confined(body)) as { output?: Record<string, unknown> };
    expect(confined.output).toMatchObject({ uid: 65_534, caps: '0000000000000000', privileges: '1' });
    expect(confined.output?.su).not.toBe(0);
    if (isRoot) expect(await tools.bare(body)).toMatchObject({ output: { uid: 0 } });
  });

  it('does not outlive its timeout by leaving its session and its parent', async () => {
    const body = `spawn('/bin/sh', ['-c', 'setsid sleep ' + args.seconds + ' </dev/null >/dev/null 2>&1 & exit 0'], { detached: true, stdio: 'ignore' });
      await new Promise(() => setInterval(() => {}, 1000));`;
    const [free, held] = [mark(), mark()];
    expect(await tools.bare(body, { seconds: free }, { timeout_ms: 1_000 })).toMatchObject({
      kind: 'unknown',
      fault: { code: 'tool/timeout' },
    });
    expect(running(free)).toHaveLength(1);
    end(running(free));
    expect(await tools.confined(body, {}, { seconds: held }, { timeout_ms: 1_000 })).toMatchObject({
      kind: 'unknown',
      fault: { code: 'tool/timeout' },
    });
    await expect.poll(() => running(held)).toEqual([]);
  });

  it('leaves nobody behind when it answers and ends', async () => {
    const body = `const child = spawn('/usr/bin/setsid', ['sleep', args.seconds], { detached: true, stdio: 'ignore' });
      await new Promise((resolve) => child.on('spawn', resolve)); await new Promise((resolve) => setTimeout(resolve, 100));
      child.unref(); return { started: true };`;
    const [free, held] = [mark(), mark()];
    expect(await tools.bare(body, { seconds: free })).toMatchObject({ output: { started: true } });
    expect(running(free)).toHaveLength(1);
    end(running(free));
    expect(await tools.confined(body, {}, { seconds: held })).toMatchObject({ output: { started: true } });
    await expect.poll(() => running(held)).toEqual([]);
  });

  it('does not outlive a gateway that is killed', async () => {
    const seconds = mark();
    const running_ = tools.confined(`spawnSync('sleep', [args.seconds]); return {};`, {}, { seconds });
    await expect.poll(() => running(seconds).length, { timeout: 5_000 }).toBe(1);
    // What a kill of the gateway does first: bubblewrap itself is gone, and nobody is left to tell the sandbox.
    end(running('--die-with-parent').filter((pid) => parentOf(pid) === process.pid));
    await expect.poll(() => running(seconds)).toEqual([]);
    expect(await running_).toMatchObject({ kind: 'unknown' });
  });
});

const parentOf = (pid: number): number =>
  Number(/PPid:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
