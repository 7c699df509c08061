import { gzipSync } from 'node:zlib';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { MAX_PACKAGE_BYTES } from './statement.js';
import { statementOf, type ToolFile } from './tool-files.js';
import { pack, requireSigned, unpack } from './tool-package.js';

const file = (path: string, text = 'x', executable = false): ToolFile => ({
  path,
  content: Buffer.from(text),
  executable,
});
const packed = (value: unknown): Uint8Array => gzipSync(JSON.stringify(value));
const withPath = (path: unknown) =>
  packed({ format: 1, files: [{ path, executable: false, content: Buffer.from('x').toString('base64') }] });

describe('a package', () => {
  test.prop([
    fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}\.[a-z]{1,3}$/), { minLength: 1, maxLength: 8 }),
    fc.uint8Array({ maxLength: 64 }),
    fc.boolean(),
  ])('gives back exactly what was packed', (paths, content, executable) => {
    const files = paths.map((path) => ({ path, content, executable }));
    expect(unpack('t', pack(files)).map((each) => ({ ...each, content: new Uint8Array(each.content) }))).toEqual(files);
    expect(pack(files)).toEqual(pack(files));
  });

  it.each([
    '../evil',
    'a/../../evil',
    '/etc/passwd',
    'C:\\evil',
    'a\\..\\evil',
    'a//b',
    './a',
    'a/.',
    'nul\u0000byte',
    'stream:name',
    'dot.',
    'space ',
    '',
    7,
    'x'.repeat(300),
  ])('with the path %j is none', (path) => {
    expect(() => unpack('t', withPath(path))).toThrow(/cannot be used/);
  });

  it('cannot hold two files that are one on some disks, nor a file that is also a folder', () => {
    const both = (...paths: string[]) =>
      packed({ format: 1, files: paths.map((path) => ({ path, executable: false, content: 'eA==' })) });
    expect(() => unpack('t', both('a', 'a'))).toThrow(/stands twice/);
    expect(() => unpack('t', both('src/Main.js', 'src/main.js'))).toThrow(/stands twice/);
    expect(() => unpack('t', both('caf\u00e9', 'cafe\u0301'))).toThrow(/stands twice/);
    expect(() => unpack('t', both('a', 'a/b'))).toThrow(/a file and a folder/);
  });

  it('cannot hold links, owners, or anything else than files', () => {
    const link = { path: 'a', executable: false, content: 'eA==', link: '/etc/passwd' };
    expect(() => unpack('t', packed({ format: 1, files: [link] }))).toThrow(/cannot be used/);
    for (const junk of [Buffer.from('no gzip'), packed([]), packed({ format: 2, files: [] }), new Uint8Array()]) {
      expect(() => unpack('t', junk)).toThrow(/cannot be used/);
    }
  });

  it('that unfolds to gigabytes is given up in time', () => {
    const bomb = gzipSync(Buffer.alloc(4 * MAX_PACKAGE_BYTES, 32));
    const began = performance.now();
    expect(() => unpack('t', bomb)).toThrow(/unfolds to too much/);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('is what was signed only with every file, none besides, and none changed', () => {
    const files = [file('a', 'one'), file('run', 'two', true)];
    const statement = statementOf({ name: 't', version: '1.0.0' }, files);
    expect(() => requireSigned('t', statement, files)).not.toThrow();
    expect(() => requireSigned('t', statement, [files[0] as ToolFile])).toThrow('run is missing');
    expect(() => requireSigned('t', statement, [file('a', 'other'), files[1] as ToolFile])).toThrow('a is another');
    expect(() => requireSigned('t', statement, [file('a', 'one', true), files[1] as ToolFile])).toThrow('a is another');
    expect(() => requireSigned('t', statement, [...files, file('b')])).toThrow('b was added');
  });
});
