import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { sniff } from './media-type.js';

const typeOf = (name: string, text: string) => {
  const sniffed = sniff(name, new TextEncoder().encode(text));
  return 'mediaType' in sniffed ? sniffed.mediaType : sniffed.binary;
};

describe('what a file is', () => {
  it('is a diff where a hunk follows the names of two files', () => {
    expect(typeOf('x.txt', '--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-a\n+b\n')).toBe('text/x-diff');
    expect(typeOf('change', 'From: someone\n\ndiff --git a/x b/x\nindex 1..2\n')).toBe('text/x-diff');
    expect(typeOf('notes.txt', 'A list:\n--- \n+++ \nnothing else\n')).toBe('text/plain');
  });

  it.each([
    '2026-03-01T10:00:00Z started',
    '2026/03/01 10:00:00 [error] 6#6: refused',
    '[2026-03-01 10:00:00,123] started',
    'Mar  1 10:00:00 host sshd[1]: refused',
    '<34>Oct 11 22:14:15 host su: failed',
    '10.0.0.1 - - [21/Nov/2026:15:35:04 +0000] "GET / HTTP/1.1" 200 5',
    '{"time":1,"level":"error","msg":"x"}',
    'E0301 10:00:00.000000 1 main.go:1] refused',
    '10:00:00.123 [main] INFO a.B - started',
    'level=error ts=2026-03-01T10:00:00Z msg=x',
    '[Sun Dec 04 04:47:44 2005] [error] mod_jk child in error state',
    'ERROR something broke',
  ])('is a log where its lines begin like %s', (line) => {
    expect(typeOf('anything.txt', `${line}\n${line}\n    at more (of it)\n`)).toBe('text/x-log');
  });

  it('is a log where only its name says so', () => {
    expect(typeOf('odd.log', 'foo\nbar\n')).toBe('text/x-log');
    expect(typeOf('odd.txt', 'foo\nbar\n')).toBe('text/plain');
  });

  it('is a contract where clauses are numbered in the words of contracts', () => {
    const contract =
      'HOSTING AGREEMENT\nbetween the parties\n1. Term. The Supplier shall host.\n2. Liability is limited.\n3. Termination by either party.\n';
    expect(typeOf('a.txt', contract)).toBe('text/x-contract');
    expect(typeOf('recipe.txt', '1. Take flour.\n2. Add water.\n3. Wait.\n')).toBe('text/plain');
  });

  it('is binary where it holds a zero byte, or is packed and no log', () => {
    expect(typeOf('a.log', 'x\u0000y')).toMatch(/binary/);
    const packed = gzipSync('2026-03-01T10:00:00Z x\n');
    expect(sniff('a.log.gz', packed)).toEqual({ mediaType: 'text/x-log' });
    expect(sniff('a.log.2.gz', packed)).toEqual({ mediaType: 'text/x-log' });
    expect(sniff('a.tar.gz', packed)).toHaveProperty('binary');
  });
});
