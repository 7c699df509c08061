import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { spelled } from './fault.js';
import { Terminal } from './terminal.js';

const OBEYED = /\p{Cc}|\p{Cf}/u;
const shown = (text: string): string => {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const terminal = new Terminal(false, out, err);
  terminal.line(text);
  terminal.note(text);
  return `${out.read()}${err.read()}`;
};

describe('an attack on whoever reads a terminal', () => {
  it.each([
    ['clears what stands above', '\u001b[2J\u001b[H'],
    ['overwrites its own line', 'pay 1000\rpay 1'],
    ['goes back over what it said', 'yes\b\b\bno '],
    ['names the window', '\u001b]0;root\u0007'],
    ['makes a link that leads elsewhere', '\u001b]8;;http://evil.example\u0007ok\u001b]8;;\u0007'],
    ['writes into the clipboard', '\u001b]52;c;ZXZpbA==\u0007'],
    ['does the same with one character', '\u009b2J'],
    ['turns its direction', 'invoice\u202efdp.exe'],
    ['hides a character', 'pay\u200bpal'],
    ['rings', '\u0007'],
  ])('by a text that %s shows what stands in it', (_what, text) => {
    for (const said of [shown(text), spelled({ code: 'x', message: text, next: text }, false)]) {
      expect([...said].filter((sign) => sign !== '\n' && OBEYED.test(sign))).toEqual([]);
      expect(said).toMatch(/\\u00[0-9a-f]{2}|\\u20[0-9a-f]{2}/);
    }
  });

  it('leaves lines, tabs, and letters of any script as they are', () => {
    const text = 'a\tb\r\nçé日本語 😀 עברית';
    expect(shown(text)).toContain('a\tb\nçé日本語 😀 עברית');
  });
});
