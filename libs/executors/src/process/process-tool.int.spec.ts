import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { isAlive, program } from '../testing/program.js';
import { runProcess } from './process-tool.js';
import { bareStart } from './program-start.js';

const heard: string[] = [];
const removals: (() => Promise<void>)[] = [];
afterEach(async () => {
  heard.length = 0;
  for (const remove of removals.splice(0)) await remove();
});

async function run(source: string, more: Record<string, unknown> = {}, args: unknown = {}, signal = never()) {
  const { manifest, folder, remove } = await program(source, more);
  removals.push(remove);
  const overheard = (_tool: string, text: string) => heard.push(text);
  return { result: await runProcess(manifest.name, bareStart(manifest), args, signal, overheard, never()), folder };
}
const never = () => new AbortController().signal;
const READ = `let text = ''; for await (const part of process.stdin) text += part;`;

describe('a program that is run for one call', () => {
  it('gets the arguments as JSON and answers with JSON', async () => {
    const { result } = await run(`${READ} console.log(JSON.stringify({ got: JSON.parse(text) }));`, {}, { q: 'ä"\n' });
    expect(result).toMatchObject({ kind: 'output', output: { got: { q: 'ä"\n' } } });
  });

  it('runs in the folder of its manifest', async () => {
    const { result, folder } = await run('console.log(JSON.stringify({ at: process.cwd() }))');
    expect(result).toMatchObject({ output: { at: folder } });
  });

  it('may say in its own words why it failed', async () => {
    const error = { code: 'sample/no-such-file', message: 'There is no such file.' };
    const { result } = await run(`console.log(JSON.stringify({ error: ${JSON.stringify(error)} })); process.exit(1)`);
    expect(result).toMatchObject({ kind: 'fault', fault: error, retryable: false });
  });

  it('that fails without a word may have acted, and its stack trace reaches the operator alone', async () => {
    const { result } = await run('throw new Error("secret")');
    expect(result).toMatchObject({
      kind: 'unknown',
      fault: { code: 'tool/ended', message: 'sample ended with code 1 and said nothing.' },
    });
    expect(JSON.stringify(result)).not.toContain('secret');
    expect(heard.join('')).toContain('secret');
  });

  it('that dies of a signal may have acted', async () => {
    const { result } = await run('process.kill(process.pid, "SIGSEGV"); setInterval(() => {}, 1000)');
    expect(result).toMatchObject({
      kind: 'unknown',
      fault: { message: 'sample ended with a signal and said nothing.' },
    });
  });

  it.each([
    ['no JSON', 'console.log("done")', 'sample did not answer with JSON.'],
    ['a list', 'console.log("[1]")', 'sample did not answer with a JSON object.'],
    ['nothing', '', 'sample did not answer with JSON.'],
  ])('is at fault when it answers with %s', async (_name, source, message) => {
    expect((await run(source)).result).toMatchObject({ kind: 'fault', fault: { message }, retryable: false });
  });

  it('is stopped at its timeout with everything that it started', async () => {
    const { result, folder } = await run(
      `import { spawn } from 'node:child_process'; import { writeFileSync } from 'node:fs';
       const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
       writeFileSync('pids', [process.pid, child.pid].join(' ')); setInterval(() => {}, 1000);`,
      { timeout_ms: 1_000 },
    );
    expect(result).toMatchObject({ kind: 'unknown', fault: { code: 'tool/timeout' } });
    const pids = (await readFile(join(folder, 'pids'), 'utf8')).split(' ').map(Number);
    expect(pids).toHaveLength(2);
    for (const pid of pids) await expect.poll(() => isAlive(pid)).toBe(false);
  });

  it('does not keep its call open through a descendant that outlives it', async () => {
    const { result, folder } = await run(
      `import { spawn } from 'node:child_process'; import { writeFileSync } from 'node:fs';
       const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'inherit', detached: true });
       writeFileSync('pid', String(child.pid)); child.unref();`,
      { timeout_ms: 1_000 },
    );
    expect(result).toMatchObject({ kind: 'unknown', fault: { code: 'tool/timeout' } });
    process.kill(Number(await readFile(join(folder, 'pid'), 'utf8')), 'SIGKILL');
  });

  it('is stopped when the session is cancelled', async () => {
    const abort = new AbortController();
    const running = run('console.error("up"); setInterval(() => {}, 1000)', {}, {}, abort.signal);
    await expect.poll(() => heard.join(''), { timeout: 5_000 }).toContain('up');
    abort.abort();
    expect((await running).result).toMatchObject({ kind: 'unknown', fault: { code: 'session/cancelled' } });
  });

  it('is stopped when it answers with more than 10 MiB', async () => {
    const { result } = await run(`const part = 'x'.repeat(2 ** 20); for (;;) { if (!process.stdout.write(part))
      await new Promise((resolve) => process.stdout.once('drain', resolve)); }`);
    expect(result).toMatchObject({ kind: 'fault', fault: { message: 'sample answered with more than 10 MiB.' } });
  });

  it('cannot fill the disk with what it says on standard error', async () => {
    const { result } = await run(`const part = 'x'.repeat(2 ** 16); for (let n = 0; n < 400; n += 1)
      if (!process.stderr.write(part)) await new Promise((resolve) => process.stderr.once('drain', resolve)); console.log('{}')`);
    expect(result).toMatchObject({ kind: 'output' });
    expect(heard.join('').length).toBeLessThan(70_000);
    expect(heard.at(-1)).toContain('says too much');
  });

  it('need not read its arguments, however many they are', async () => {
    const { result } = await run('console.log("{}"); process.exit(0)', {}, { text: 'x'.repeat(5_000_000) });
    expect(result).toMatchObject({ kind: 'output', output: {} });
  });

  it('that is missing was not started, and nobody is told a path', async () => {
    const { result } = await run('', { command: ['/nowhere/at/all'] });
    expect(result).toMatchObject({
      kind: 'fault',
      fault: { code: 'tool/not-started', message: 'sample could not be started.' },
      retryable: false,
    });
    expect(heard.join('')).toContain('/nowhere/at/all');
  });

  it('sees of our environment what its manifest names, and no secret beside it', async () => {
    process.env.PLANTED_SECRET = 'hunter2';
    process.env.PLANTED_REGION = 'eu';
    try {
      const { result } = await run('console.log(JSON.stringify(process.env))', { env: ['PLANTED_REGION'] });
      expect(result).toMatchObject({ output: { PLANTED_REGION: 'eu', PATH: process.env.PATH } });
      expect(JSON.stringify(result)).not.toContain('hunter2');
    } finally {
      delete process.env.PLANTED_SECRET;
      delete process.env.PLANTED_REGION;
    }
  });
});
