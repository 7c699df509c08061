import type { JsonObject } from '@voorman/envelope';
import { describe, expect, it } from 'vitest';
import { attemptOf, loadedTool } from '../testing/tool-call.js';
import { type FunctionCall, FunctionExecutor, type FunctionHandler } from './function-executor.js';

const heard: unknown[] = [];
async function call(
  handler: FunctionHandler | undefined,
  args: JsonObject = {},
  { timeout_ms = 1_000, signal = new AbortController().signal, stopping = false } = {},
) {
  heard.length = 0;
  const tool = loadedTool('function', { name: 'glue', handler: 'work', schema: {}, timeout_ms });
  const handlers = new Map(handler ? [['work', handler]] : []);
  const executor = new FunctionExecutor(handlers, (_tool, fault) => heard.push(fault));
  const running = executor.execute(tool, attemptOf(tool, args, { key: 'k1', attempt: 2, signal }));
  if (stopping) await executor.stop();
  return running;
}

describe('a function tool', () => {
  it('answers with what its handler returns, at once or later', async () => {
    expect(await call((args) => ({ twice: Number(args.n) * 2 }), { n: 21 })).toMatchObject({ output: { twice: 42 } });
    expect(await call(async (args) => ({ args }), { a: [1] })).toMatchObject({ output: { args: { a: [1] } } });
  });

  it('tells its handler the key, the attempt and for whom it acts', async () => {
    let told: FunctionCall | undefined;
    await call((_args, about) => {
      told = about;
      return {};
    });
    expect(told).toMatchObject({ key: 'k1', attempt: 2, caller: { agent: 'sre-bot', session: 's1' } });
  });

  it('that nobody registered is refused', async () => {
    expect(await call(undefined)).toMatchObject({
      kind: 'fault',
      fault: { code: 'function/unknown-handler' },
      retryable: false,
    });
  });

  it('that throws may have acted, and what it threw reaches the operator alone', async () => {
    for (const handler of [
      () => {
        throw new Error('secret');
      },
      () => Promise.reject(new Error('secret')),
    ]) {
      const result = await call(handler);
      expect(result).toMatchObject({ kind: 'unknown', fault: { code: 'function/threw' } });
      expect(JSON.stringify(result)).not.toContain('secret');
      expect(String(heard)).toContain('secret');
    }
  });

  it('may say in its own words why it did nothing', async () => {
    expect(await call(() => ({ error: { code: 'glue/closed', message: 'It is closed.' } }))).toMatchObject({
      kind: 'fault',
      fault: { code: 'glue/closed', message: 'It is closed.' },
    });
  });

  it.each([
    ['nothing', undefined],
    ['a list', [1]],
    ['a text', 'done'],
    ['a function', () => 1],
    ['what JSON cannot hold', { n: 1n }],
    ['more than 10 MiB', { text: 'x'.repeat(11 * 2 ** 20) }],
  ])('is at fault when it answers with %s', async (_name, value) => {
    expect(await call(() => value)).toMatchObject({ kind: 'fault', fault: { code: 'tool/failed' }, retryable: false });
  });

  it('is left at its timeout, and its handler is told', async () => {
    let wasTold = false;
    const result = await call(
      (_args, { signal }) =>
        new Promise(() => {
          signal.addEventListener('abort', () => {
            wasTold = true;
          });
        }),
      {},
      { timeout_ms: 30 },
    );
    expect(result).toMatchObject({ kind: 'unknown', fault: { code: 'tool/timeout' } });
    expect(wasTold).toBe(true);
  });

  it('is left when the session is cancelled or the gateway stops, and not begun where that came first', async () => {
    const abort = new AbortController();
    const running = call(() => new Promise(() => undefined), {}, { signal: abort.signal });
    setTimeout(() => abort.abort(), 10);
    expect(await running).toMatchObject({ kind: 'unknown', fault: { code: 'session/cancelled' } });
    expect(await call(() => ({}), {}, { signal: AbortSignal.abort() })).toMatchObject({ kind: 'fault' });
    expect(await call(() => new Promise(() => undefined), {}, { stopping: true })).toMatchObject({ kind: 'unknown' });
  });

  it('cannot change the arguments that were recorded', async () => {
    const args: JsonObject = { list: [1] };
    await call((given) => {
      (given.list as number[]).push(2);
      return {};
    }, args);
    expect(args).toEqual({ list: [1] });
  });
});
