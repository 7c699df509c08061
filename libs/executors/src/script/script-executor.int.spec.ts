import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@voorman/envelope';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Executed } from '../executor.js';
import { attemptOf, loadedTool } from '../testing/tool-call.js';
import { ScriptExecutor } from './script-executor.js';

const heard: string[] = [];
let executor: ScriptExecutor;
let folder: string;
beforeEach(() => {
  heard.length = 0;
  folder = mkdtempSync(join(tmpdir(), 'voorman-script-'));
  executor = new ScriptExecutor((_tool, text) => heard.push(text), 4);
});
afterEach(async () => {
  await executor.stop();
  rmSync(folder, { recursive: true });
});

const tool = (fields: Record<string, unknown>) => loadedTool('script', { name: 'sums', schema: {}, ...fields }, folder);
const run = (
  source: string | Record<string, unknown>,
  args: JsonObject = {},
  { key = 'k', signal = new AbortController().signal } = {},
): Promise<Executed> => {
  const manifest = tool(typeof source === 'string' ? { source, timeout_ms: 5_000 } : { timeout_ms: 5_000, ...source });
  return executor.execute(manifest, attemptOf(manifest, args, { key, signal }));
};
const fault = (result: Executed) => (result.kind === 'output' ? result.output : result.fault);

describe('a script', () => {
  it('computes from its arguments, and its last value is the output', async () => {
    const source = `const sum = args.xs.reduce((a, b) => a + b, 0);\n({ mean: sum / args.xs.length, max: Math.max(...args.xs) })`;
    expect(await run(source, { xs: [1, 2, 6] })).toMatchObject({ kind: 'output', output: { mean: 3, max: 6 } });
  });

  it('may be what a bot wrote, which sees the other arguments', async () => {
    const result = await run(
      { code_argument: 'code' },
      { code: '({ keys: Object.keys(args), twice: args.n * 2 })', n: 21 },
    );
    expect(result).toMatchObject({ output: { keys: ['n'], twice: 42 } });
  });

  it('may lie in a file of the tool’s folder, and nowhere else', async () => {
    writeFileSync(join(folder, 'sum.js'), '({ sum: args.a + args.b })');
    expect(await run({ source_file: 'sum.js' }, { a: 1, b: 2 })).toMatchObject({ output: { sum: 3 } });
    symlinkSync('/etc/hostname', join(folder, 'link.js'));
    expect(await run({ source_file: 'link.js' })).toMatchObject({ kind: 'fault', fault: { code: 'script/no-source' } });
    expect(heard.join(' ')).toContain('leads out of');
    expect(await run({ source_file: 'missing.js' })).toMatchObject({ fault: { code: 'script/no-source' } });
    expect(() => tool({ source_file: '../x.js' })).toThrow('must be a path within');
    expect(() => tool({ source_file: '/etc/passwd' })).toThrow('must be a path within');
    expect(() => tool({ source: '1', code_argument: 'code' })).toThrow('exactly one of');
    expect(() => tool({})).toThrow('exactly one of');
  });

  it('may wait for promises of its own', async () => {
    const source = `(async () => { const [a, b] = await Promise.all([1, Promise.resolve(2)]); return { sum: a + b }; })()`;
    expect(await run(source)).toMatchObject({ output: { sum: 3 } });
    expect(fault(await run('new Promise(() => {})'))).toMatchObject({ code: 'script/failed' });
    expect(fault(await run('Promise.reject(new RangeError("no"))'))).toMatchObject({
      message: 'sums failed in line 1: RangeError: no.',
    });
  });

  it.each([['42'], ['"text"'], ['[1]'], ['null'], ['undefined'], ['() => 1'], ['const a = 1'], ['Symbol()']])(
    'that ends with %s is told to end with an object',
    async (source) => {
      expect(await run(source)).toMatchObject({ kind: 'fault', fault: { code: 'script/no-value' }, retryable: false });
    },
  );

  it('that fails is told its own error with the line, and no path of the host', async () => {
    const result = await run('const a = 1;\n\nfoo.bar();');
    expect(result).toMatchObject({
      kind: 'fault',
      fault: { code: 'script/failed', message: "sums failed in line 3: ReferenceError: 'foo' is not defined." },
      retryable: false,
    });
    expect(fault(await run('let x = 1;\nlet y = ;'))).toMatchObject({
      message: expect.stringMatching(/^sums failed in line 2: SyntaxError: /),
    });
    expect(fault(await run('throw { a: 1 }'))).toMatchObject({ message: expect.stringContaining('it threw {"a":1}') });
    expect(fault(await run('throw null'))).toMatchObject({ code: 'script/failed' });
    expect(fault(await run('({ big: 10n })'))).toMatchObject({ message: expect.stringContaining('TypeError') });
    expect(fault(await run('const a = {}; a.a = a; a'))).toMatchObject({
      message: expect.stringContaining('TypeError'),
    });
    expect(JSON.stringify([result, await run('new Error().stack.x.y')])).not.toMatch(/node_modules|\/src\/|\.ts/);
  });

  it('finds nothing of the host', async () => {
    const names = [
      'process',
      'require',
      'global',
      'fetch',
      'XMLHttpRequest',
      'WebAssembly',
      'Worker',
      'console',
      'setTimeout',
      'std',
      'os',
      'Buffer',
      'performance',
      'navigator',
      'import.meta',
    ];
    const source = `({ found: args.names.filter((name) => { try { return eval('typeof ' + name) !== 'undefined'; } catch { return false; } }),
      constructed: typeof Function('return this')().process, env: typeof (0, eval)('this').env })`;
    expect(await run(source, { names })).toMatchObject({
      output: { found: [], constructed: 'undefined', env: 'undefined' },
    });
    expect(fault(await run('import("node:fs").then((fs) => ({ fs: 1 }))'))).toMatchObject({ code: 'script/failed' });
    expect(fault(await run('import fs from "node:fs"; ({})'))).toMatchObject({ code: 'script/failed' });
  });

  it('meets no clock, and the same chance at every attempt of a call', async () => {
    for (const source of ['Date.now()', 'new Date()', 'Date()', 'new Date(undefined, ...[]).constructor.now()']) {
      expect(fault(await run(`({ at: ${source} })`)), source).toMatchObject({
        message: expect.stringContaining('A script has no clock'),
      });
    }
    const chance = '({ list: [Math.random(), Math.random(), Math.random()] })';
    const [first, again, other] = [await run(chance), await run(chance), await run(chance, {}, { key: 'other' })];
    expect(fault(first)).toEqual(fault(again));
    expect(fault(first)).not.toEqual(fault(other));
    const list = (fault(first) as { list: number[] }).list;
    expect(list.every((each) => each >= 0 && each < 1)).toBe(true);
    expect(new Set(list).size).toBe(3);
  });

  it('reads times in UTC, wherever the gateway stands', async () => {
    const source = `({ iso: new Date(2020, 0, 1, 12).toISOString(), local: new Date('2026-11-21T10:00').toISOString(), zone: new Date('2026-11-21T10:00:00+02:00').getHours(),
      offset: new Date(0).getTimezoneOffset(), text: String(new Date(0)), is: new Date(0) instanceof Date, diff: new Date('2026-01-02') - new Date('2026-01-01'), parsed: Date.parse('2026-01-01T00:00:00Z') })`;
    const before = process.env.TZ;
    process.env.TZ = 'America/New_York';
    try {
      expect(await run(source)).toMatchObject({
        output: {
          iso: '2020-01-01T12:00:00.000Z',
          local: '2026-11-21T10:00:00.000Z',
          zone: 8,
          offset: 0,
          text: '1970-01-01T00:00:00.000Z',
          is: true,
          diff: 86_400_000,
          parsed: 1_767_225_600_000,
        },
      });
    } finally {
      if (before === undefined) delete process.env.TZ;
      else process.env.TZ = before;
    }
  });

  it.each([
    ['an endless loop', 'for (;;);'],
    ['an endless loop that catches everything', 'for (;;) { try { for (;;); } catch {} finally { continue; } }'],
    ['a regular expression that backtracks for ever', '({ is: /^(a+)+$/.test("a".repeat(60) + "b") })'],
    ['a getter that never returns', '({ get a() { for (;;); } })'],
  ])('with %s is interrupted at its timeout', async (_name, source) => {
    const began = performance.now();
    expect(await run({ source, timeout_ms: 400 })).toMatchObject({
      kind: 'fault',
      fault: { code: 'tool/timeout' },
      retryable: false,
    });
    expect(performance.now() - began).toBeLessThan(4_000);
    expect(await run('({ ok: true })')).toMatchObject({ output: { ok: true } });
  });

  it.each([
    ['a list without end', 'let list = [1]; for (;;) list = list.concat(list);', /script\/memory/],
    ['a string that doubles', 'let s = "x"; for (;;) s += s;', /script\/(memory|failed)/],
    ['typed arrays', 'const kept = []; for (;;) kept.push(new Uint8Array(1 << 20));', /script\/memory/],
    ['deep recursion', 'const f = (n) => f(n + 1) + 1; ({ n: f(0) })', /script\/failed/],
    ['deep recursion through natives', 'const f = (n) => [1].map(() => f(n + 1)); ({ n: f(0) })', /script\/failed/],
    ['a deep value', 'let o = {}; for (let i = 0; i < 200000; i += 1) o = { o }; o', /script\/(failed|memory)/],
    ['an answer of 20 MB', '({ text: "x".repeat(20 << 20) })', /tool\/failed|script\/memory/],
  ])('with %s ends as a fault of its own', async (_name, source, code) => {
    const result = await run({ source, memory_mb: 64, timeout_ms: 20_000 });
    expect(result.kind).toBe('fault');
    expect(result.kind === 'fault' && result.fault.code).toMatch(code);
    expect(await run('({ ok: true })')).toMatchObject({ output: { ok: true } });
  });

  it('with endless promises ends at its timeout, or before that where their chain fills its memory', async () => {
    const source = 'const again = () => Promise.resolve().then(again); again()';
    const result = await run({ source, timeout_ms: 400 });
    expect(result.kind === 'fault' && result.fault.code).toMatch(/tool\/timeout|script\/(memory|failed)/);
    expect(await run('({ ok: true })')).toMatchObject({ output: { ok: true } });
  });

  it('cannot play with prototypes to the harm of the next, nor of how its answer is read', async () => {
    const hostile = `JSON.stringify = () => '{"forged":1}'; JSON.parse = null; Object.prototype.polluted = 1; Array.prototype.map = null;
      globalThis.args = null; ({ mine: true })`;
    const result = await run(hostile, { n: 1 });
    expect(result).toMatchObject({ output: { mine: true } });
    expect(fault(result)).not.toHaveProperty('forged');
    expect(await run('({ polluted: String({}.polluted), map: typeof [].map, n: args.n })', { n: 5 })).toMatchObject({
      output: { polluted: 'undefined', map: 'function', n: 5 },
    });
    expect({}).not.toHaveProperty('polluted');
    const own = await run('({ ["__proto__"]: { isAdmin: true }, a: 1 })');
    expect(fault(own)).not.toHaveProperty('isAdmin');
  });

  it('gets arguments of any text as they are', async () => {
    const args = { text: '"`$ {1}\u2028\ud83d\ude00\\', deep: { list: [null, true, 1.5, ''] }, plain: 1 };
    expect(await run('({ args })', args)).toMatchObject({ output: { args } });
  });

  it('that computes for seconds holds up neither the gateway nor another script', async () => {
    const slow = run({ source: 'for (;;);', timeout_ms: 3_000 });
    let beats = 0;
    const heart = setInterval(() => {
      beats += 1;
    }, 20);
    const quick = run('({ ok: 1 })');
    expect(await Promise.race([slow, quick])).toMatchObject({ output: { ok: 1 } });
    await slow;
    clearInterval(heart);
    expect(beats).toBeGreaterThan(20);
  });

  it('waits its turn when many compute, and each gets its own answer', async () => {
    const results = await Promise.all(Array.from({ length: 40 }, (_, n) => run('({ n: args.n })', { n })));
    expect(results.map((result) => result.kind === 'output' && result.output.n)).toEqual([...Array(40).keys()]);
  });

  it('that gives up while it waits takes nobody’s turn', async () => {
    const abort = new AbortController();
    const slow = Array.from({ length: 4 }, () => run({ source: 'for (;;);', timeout_ms: 1_000 }));
    const left = [1, 2, 3].map(() => run('({ ok: 1 })', {}, { signal: abort.signal }));
    const stays = run('({ ok: 2 })');
    setTimeout(() => abort.abort(), 100);
    for (const result of await Promise.all(left)) {
      expect(result).toMatchObject({ kind: 'fault', fault: { code: 'session/cancelled' } });
    }
    expect(await stays).toMatchObject({ output: { ok: 2 } });
    await Promise.all(slow);
  });

  it('is stopped when the session is cancelled', async () => {
    const abort = new AbortController();
    const running = run({ source: 'for (;;);', timeout_ms: 60_000 }, {}, { signal: abort.signal });
    setTimeout(() => abort.abort(), 200);
    expect(await running).toMatchObject({ kind: 'fault', fault: { code: 'session/cancelled' } });
    expect(await run('({})', {}, { signal: AbortSignal.abort() })).toMatchObject({ kind: 'fault' });
  });
});
