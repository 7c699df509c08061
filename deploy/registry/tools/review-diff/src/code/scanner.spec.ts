import { describe, expect, it } from 'vitest';
import { parseDiff } from '../diff/parser.ts';
import { diffOf } from '../testing/change.ts';
import type { Language } from './language.ts';
import { scan } from './scanner.ts';

const scanned = (language: Language, ...lines: string[]): { bare: string; comment: string }[] => {
  const [file] = parseDiff('x', diffOf('x', lines.map((line) => `+${line}`).join('\n')));
  return scan(file?.hunks[0]?.lines ?? [], language, () => true).map(({ bare, comment }) => ({ bare, comment }));
};

describe('the scanner', () => {
  it('separates code, strings and comments', () => {
    expect(scanned('javascript', 'f("a // b"); // why')).toEqual([{ bare: 'f(""); ', comment: '// why' }]);
    expect(scanned('python', "x = 'a # b'  # why")).toEqual([{ bare: "x = ''  ", comment: '# why' }]);
    expect(scanned('sql', "select '--' -- why")).toEqual([{ bare: "select '' ", comment: '-- why' }]);
  });

  it('follows comments and long strings over line ends', () => {
    expect(scanned('go', '/* one', 'two */ f()').map(({ bare }) => bare)).toEqual(['', ' f()']);
    expect(scanned('python', 'x = """', 'def no(): pass', '""" + y').map(({ bare }) => bare.trim())).toEqual([
      'x = """',
      '',
      '""" + y',
    ]);
  });

  it('takes a line that begins with a star for the inside of a comment that began above the hunk', () => {
    expect(scanned('javascript', ' * await nothing()')[0]?.bare).toBe('');
  });

  it('is not led astray by an apostrophe, an address or an escaped quote', () => {
    expect(scanned('braces', "let a: &'static str;", 'f()')[1]?.bare).toBe('f()');
    expect(scanned('yaml', 'url: http://host/x#y')[0]?.bare).toBe('url: http://host/x#y');
    expect(scanned('javascript', String.raw`f('it\'s'); g()`)[0]?.bare).toBe("f(''); g()");
  });

  it('leaves lines of minified code empty', () => {
    expect(scanned('javascript', `f(${'x,'.repeat(2000)})`)[0]?.bare).toBe('');
  });
});
