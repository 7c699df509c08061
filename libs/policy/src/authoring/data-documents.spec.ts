import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeData } from './data-documents.js';

const merged = (files: Readonly<Record<string, string>>) =>
  mergeData(Object.entries(files).map(([path, text]) => ({ path, text })));

describe('the data documents of a policy folder', () => {
  it('are one document: each file at the path of its folder, JSON and YAML alike', () => {
    expect(
      merged({
        'data.json': '{"hosts": ["a.example"]}',
        'limits/eu.yaml': 'rows: 10\nmoney: {usd: 2.5}\n',
        'limits/us.yml': 'tools: [search]\n',
      }),
    ).toEqual({ hosts: ['a.example'], limits: { rows: 10, money: { usd: 2.5 }, tools: ['search'] } });
  });

  it('of several files merge where they say different things', () => {
    expect(merged({ 'a.json': '{"x": {"a": 1}}', 'b.json': '{"x": {"b": 2}}' })).toEqual({ x: { a: 1, b: 2 } });
  });

  it.each<[string, Record<string, string>, string]>([
    ['is no object', { 'a.json': '[1]' }, 'a.json: the data document holds no object'],
    ['is empty', { 'a.yaml': '' }, 'holds no object'],
    ['is no JSON and no YAML', { 'a.json': '{"a": ' }, 'a.json:1: the data document'],
    ['names one thing twice', { 'a.json': '{"a": 1, "a": 2}' }, 'a.json:1: the data document Map keys must be unique'],
    [
      'says what another one says',
      { 'a.json': '{"a": 1}', 'b.json': '{"a": 1}' },
      'says data.a, which another file says',
    ],
    ['speaks for the registry', { 'a.json': '{"registry": {}}' }, 'says data.registry, which the manifests say'],
    ['speaks for the registry by its folder', { 'registry/a.json': '{"tools": {}}' }, 'says data.registry'],
    ['holds a number that is none', { 'a.yaml': 'a: .nan\n' }, 'a number that is none'],
    ['holds a number without end', { 'a.yaml': 'a: .inf\n' }, 'a number that is none'],
    ['holds a number beyond all exactness', { 'a.json': '{"a": 9007199254740993}' }, 'too large to be exact'],
    ['holds half a character', { 'a.json': '{"a": "\\ud800"}' }, 'half a character'],
    ['unfolds to too much', { 'a.yaml': bomb() }, 'unfold to too much'],
  ])('are refused when one %s', (_name, files, words) => {
    expect(() => merged(files)).toThrow(words);
  });

  it('keep names that mean something to JavaScript as names', () => {
    const data = merged({ 'a.json': '{"__proto__": {"allowed": true}, "constructor": 1}' });
    expect(Object.keys(data).sort()).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>).allowed).toBeUndefined();
  });

  it('come back as they were written', () => {
    const plain = fc.dictionary(
      fc.stringMatching(/^[a-z]{1,5}$/),
      fc.oneof(fc.integer(), fc.boolean(), fc.constant('x')),
    );
    fc.assert(
      fc.property(plain, (given) => {
        fc.pre(!Object.hasOwn(given, 'registry'));
        expect(merged({ 'a.json': JSON.stringify(given) })).toEqual(given);
      }),
    );
  });
});

/** Nine lists of nine lists of nine lists … */
function bomb(): string {
  const levels = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (let level = 0; level < 8; level += 1) {
    const [inner, outer] = [String.fromCharCode(97 + level), String.fromCharCode(98 + level)];
    levels.push(`${outer}: &${outer} [${Array.from({ length: 9 }, () => `*${inner}`).join(', ')}]`);
  }
  return `${levels.join('\n')}\n`;
}
