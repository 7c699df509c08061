import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadFunctions } from './function-modules.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'voorman-functions-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
function module(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe('the modules of functions', () => {
  it('give their functions by name', async () => {
    const one = module('one.mjs', 'export const functions = { a: () => ({ from: "one" }) };');
    const two = module('two.mjs', 'export const functions = { b: () => ({ from: "two" }) };');
    const { handlers, problems } = await loadFunctions([one, two]);
    expect(problems).toEqual([]);
    expect([...handlers.keys()]).toEqual(['a', 'b']);
  });

  it('that cannot be used are problems, and the others stay', async () => {
    const good = module('good.mjs', 'export const functions = { a: () => ({}) };');
    const broken = module('broken.mjs', 'this is no module');
    const empty = module('empty.mjs', 'export const other = 1;');
    const mixed = module('mixed.mjs', 'export const functions = { a: () => 2, n: 5, c: () => ({}) };');
    const { handlers, problems } = await loadFunctions([good, broken, empty, join(folder, 'missing.mjs'), mixed]);
    expect([...handlers.keys()]).toEqual(['a', 'c']);
    expect(handlers.get('a')?.({}, {} as never)).toEqual({});
    expect(problems.map(({ message }) => message.replace(folder, ''))).toEqual([
      expect.stringContaining('/broken.mjs cannot be loaded'),
      expect.stringContaining('/empty.mjs exports no functions'),
      expect.stringContaining('/missing.mjs cannot be loaded'),
      expect.stringContaining('exports a, which an earlier module exports too'),
      expect.stringContaining('exports n, which is no function'),
    ]);
  });
});
