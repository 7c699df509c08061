import { describe, expect, it } from 'vitest';
import { looksLikeDiff, parseDiff } from './parser.ts';

describe('the diff parser', () => {
  it('numbers each line twice: in the diff file and in the changed file', () => {
    const [file] = parseDiff(
      'x.diff',
      'diff --git a/a.ts b/a.ts\n--- a/a.ts\n+++ b/a.ts\n@@ -10,3 +10,3 @@ f()\n one\n-two\n+zwei\n three\n',
    );
    expect(file?.hunks[0]?.lines.map(({ sign, text, at, fileLine }) => [sign, text, at, fileLine])).toEqual([
      [' ', 'one', 5, 10],
      ['-', 'two', 6, 11],
      ['+', 'zwei', 7, 11],
      [' ', 'three', 8, 12],
    ]);
  });

  it('takes a removed SQL comment for a line, not for a header', () => {
    const files = parseDiff(
      'x.diff',
      '--- a/q.sql\n+++ b/q.sql\n@@ -1,2 +1,2 @@\n--- old remark\n+++ new\n select 1;\n',
    );
    expect(files).toHaveLength(1);
    expect(files[0]).toMatchObject({ path: 'q.sql', added: 1, removed: 1 });
  });

  it('knows files that are added, deleted, renamed or binary', () => {
    const text = [
      'diff --git a/new.ts b/new.ts\nnew file mode 100644\n--- /dev/null\n+++ b/new.ts\n@@ -0,0 +1 @@\n+x',
      'diff --git a/old.ts b/old.ts\ndeleted file mode 100644\n--- a/old.ts\n+++ /dev/null\n@@ -1 +0,0 @@\n-x',
      'diff --git a/from.ts b/to.ts\nsimilarity index 100%\nrename from from.ts\nrename to to.ts',
      'diff --git a/logo.png b/logo.png\nBinary files a/logo.png and b/logo.png differ\n',
    ].join('\n');
    expect(parseDiff('x.diff', text).map(({ path, kind }) => `${path} ${kind}`)).toEqual([
      'new.ts added',
      'old.ts deleted',
      'to.ts renamed',
      'logo.png binary',
    ]);
  });

  it('reads a renamed file that also changed as one file', () => {
    const text =
      'diff --git a/a.ts b/b.ts\nrename from a.ts\nrename to b.ts\n--- a/a.ts\n+++ b/b.ts\n@@ -1 +1 @@\n-x\n+y\n';
    expect(parseDiff('x.diff', text).map(({ path, kind, added }) => [path, kind, added])).toEqual([
      ['b.ts', 'renamed', 1],
    ]);
  });

  it('reads plain diffs with timestamps, quoted paths, Windows line ends and a last line without its end', () => {
    expect(parseDiff('x', '--- a.c\t2026-01-01\n+++ a.c\t2026-01-02\n@@ -1 +1 @@\n-a\n+b\n')[0]?.path).toBe('a.c');
    expect(parseDiff('x', '--- "a/sp\\303\\251c.md"\n+++ "b/sp\\303\\251c.md"\n@@ -1 +1 @@\n-a\n+b\n')[0]?.path).toBe(
      'spéc.md',
    );
    expect(parseDiff('x', '--- a/a\r\n+++ b/a\r\n@@ -1 +1 @@\r\n-a\r\n+b\r\n')[0]?.hunks[0]?.lines[1]?.text).toBe('b');
    const cut = parseDiff(
      'x',
      '--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n',
    );
    expect(cut[0]).toMatchObject({ added: 1, removed: 1 });
  });

  it('keeps what is there of a diff that was cut off, and skips the words around a mailed patch', () => {
    expect(parseDiff('x', '--- a/a\n+++ b/a\n@@ -1,9 +1,9 @@\n one\n-two\n')[0]).toMatchObject({ removed: 1 });
    const mail =
      'From: nobody\nSubject: [PATCH] x\n\n---\n a | 2 +-\n\ndiff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a\n+b\n-- \n2.39.5\n';
    expect(parseDiff('x', mail)).toMatchObject([{ path: 'a', added: 1, removed: 1 }]);
  });

  it('finds no change in a text that is no diff', () => {
    expect(parseDiff('x', 'Nov 21 10:00:00 host sshd[1]: --- nothing\n')).toEqual([]);
    expect(looksLikeDiff('2026-01-01 ERROR --- a\n')).toBe(false);
    expect(looksLikeDiff('--- a\n+++ b\n@@ -1 +1 @@\n')).toBe(true);
  });
});
