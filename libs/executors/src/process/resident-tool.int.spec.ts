import { afterEach, describe, expect, it } from 'vitest';
import { program } from '../testing/program.js';
import { bareStart } from './program-start.js';
import { ResidentTool } from './resident-tool.js';

const heard: string[] = [];
const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  heard.length = 0;
  for (const end of ends.splice(0)) await end();
});

/** A program whose `answer(message, say)` is the given source. */
async function resident(answer: string, more: Record<string, unknown> = {}): Promise<ResidentTool> {
  const { manifest, remove } = await program(
    `import { createInterface } from 'node:readline';
     const say = (text) => process.stdout.write(text + '\\n');
     const seen = []; const answer = (message) => { ${answer} };
     createInterface({ input: process.stdin }).on('line', (line) => answer(JSON.parse(line)));`,
    { mode: 'resident', ...more },
  );
  const tool = new ResidentTool(manifest.name, bareStart(manifest), (_tool, text) => heard.push(text));
  ends.push(() => tool.stop(), remove);
  return tool;
}
const ECHO = 'say(JSON.stringify({ id: message.id, output: { ...message.arguments, pid: process.pid } }));';
const never = () => new AbortController().signal;
const call = (tool: ResidentTool, args: object = {}) => tool.execute(args, never());
const pidOf = (result: Awaited<ReturnType<typeof call>>): unknown =>
  result.kind === 'output' ? result.output.pid : undefined;

describe('a program that stays', () => {
  it('answers many calls at once, each with its own answer, in one process', async () => {
    const tool = await resident(
      `seen.push(message); if (seen.length === 200) for (const message of seen.reverse()) { ${ECHO} }`,
    );
    const results = await Promise.all(Array.from({ length: 200 }, (_, n) => call(tool, { n })));
    expect(results.map((result) => result.kind === 'output' && result.output.n)).toEqual([...Array(200).keys()]);
    expect(new Set(results.map(pidOf)).size).toBe(1);
  });

  it('gets all of its calls, also when it reads slower than they come', async () => {
    const tool = await resident(`process.stdin.pause(); setTimeout(() => process.stdin.resume(), 2); ${ECHO}`);
    const text = 'x'.repeat(100_000);
    const results = await Promise.all(Array.from({ length: 100 }, (_, n) => call(tool, { n, text })));
    expect(results.every((result) => result.kind === 'output')).toBe(true);
  });

  it('that dies leaves its open calls unknown, and the next call starts it anew', async () => {
    const tool = await resident(
      `if (message.arguments.die) process.exit(3); if (message.arguments.wait) return; ${ECHO}`,
    );
    const first = await call(tool);
    const [left, killed] = await Promise.all([call(tool, { wait: true }), call(tool, { die: true })]);
    expect(left).toMatchObject({ kind: 'unknown', fault: { code: 'tool/ended' }, retryable: true });
    expect(killed).toMatchObject({ kind: 'unknown', fault: { code: 'tool/ended' } });
    const again = await call(tool);
    expect(again.kind).toBe('output');
    expect(pidOf(again)).not.toBe(pidOf(first));
  });

  it('answers nobody with a line that is no answer, and the operator hears of it', async () => {
    const tool = await resident(`say('warming up'); say('{"id":"x"}'); say('{"id":999,"output":{}}'); ${ECHO}`);
    expect(await call(tool, { n: 1 })).toMatchObject({ kind: 'output', output: { n: 1 } });
    expect(heard.join(' ')).toContain('warming up');
  });

  it('may say in its own words why a call failed', async () => {
    const tool = await resident(
      'say(JSON.stringify({ id: message.id, error: { code: "sample/no", message: "It cannot." } }))',
    );
    expect(await call(tool)).toMatchObject({ kind: 'fault', fault: { code: 'sample/no', message: 'It cannot.' } });
  });

  it('is at fault when it answers without output', async () => {
    const tool = await resident('say(JSON.stringify({ id: message.id }))');
    expect(await call(tool)).toMatchObject({ kind: 'fault', retryable: false });
  });

  it('that hangs is ended at the timeout, and the next call goes well', async () => {
    const tool = await resident(`if (message.arguments.hang) for (;;); ${ECHO}`, { timeout_ms: 800 });
    expect(await call(tool, { hang: true })).toMatchObject({ kind: 'unknown', fault: { code: 'tool/timeout' } });
    expect(await call(tool, { n: 2 })).toMatchObject({ kind: 'output', output: { n: 2 } });
  });

  it('keeps running when one call of several takes too long', async () => {
    const tool = await resident(`if (message.arguments.wait) return; ${ECHO}`, { timeout_ms: 800 });
    const before = pidOf(await call(tool));
    const slow = call(tool, { wait: true });
    await call(tool);
    expect(await slow).toMatchObject({ kind: 'unknown', fault: { code: 'tool/timeout' } });
    expect(pidOf(await call(tool))).toBe(before);
  });

  it('is ended when a line grows beyond 10 MiB', async () => {
    const tool = await resident(`process.stdout.write('x'.repeat(11 * 2 ** 20))`);
    expect(await call(tool)).toMatchObject({ kind: 'unknown', fault: { code: 'tool/ended' } });
    expect(heard.join(' ')).toContain('10 MiB');
  });

  it('that is missing was not started', async () => {
    const tool = await resident('', { command: ['/nowhere/at/all'] });
    expect(await call(tool)).toMatchObject({ kind: 'fault', fault: { code: 'tool/not-started' }, retryable: false });
    expect(await call(tool)).toMatchObject({ kind: 'fault', fault: { code: 'tool/not-started' } });
  });

  it('stops with the gateway and starts again when it is needed', async () => {
    const tool = await resident(ECHO);
    const first = pidOf(await call(tool));
    tool.stop();
    expect(pidOf(await call(tool))).not.toBe(first);
  });
});
