import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDiff } from './diff/parser.ts';
import { review } from './review.ts';
import { changesOf } from './testing/change.ts';

const incident = readFileSync(
  new URL('../../../../../examples/checkout-incident/deploy.diff', import.meta.url),
  'utf8',
);
const messages = [
  'no database connection within <*> ms: <*> of <*> in use',
  'payment provider did not answer within 800 ms',
];

describe('a review', () => {
  it('puts the leak of the captured incident first, then the timeout, and finds nothing else', () => {
    const { findings } = review(parseDiff('deploy.diff', incident), messages, 'Why are checkouts failing?');
    expect(findings.map(({ rule, file }) => `${rule} ${file.path}`)).toEqual([
      'release-lost checkout.mjs',
      'limit-changed config.json',
    ]);
    expect(findings[1]?.relation.shared).toContain('800');
  });

  it('relates a setting by its full name, when the numbers of the messages are masked', () => {
    const { findings } = review(
      parseDiff('deploy.diff', incident),
      ['payment provider did not answer within <num> ms'],
      '',
    );
    expect(findings[1]).toMatchObject({ rule: 'limit-changed', relation: { shared: ['payment'] } });
  });

  it('finds the same without any suspects', () => {
    expect(review(parseDiff('deploy.diff', incident), [], '').findings.map(({ rule }) => rule)).toEqual([
      'release-lost',
      'limit-changed',
    ]);
  });

  it('proves each finding by lines of the attachment, word for word', () => {
    const lines = incident.split('\n');
    const { findings } = review(parseDiff('deploy.diff', incident), messages, '');
    for (const { at, raw } of findings.flatMap((each) => each.proof)) expect(lines[at - 1]).toBe(raw);
  });

  it('ranks what is related to the incident before what is worse but has nothing to do with it', () => {
    const changes = changesOf({
      'a.ts': '+agent({ rejectUnauthorized: false });',
      'mail.yaml': '-mail_queue_timeout: 30s\n+mail_queue_timeout: 25s',
    });
    expect(review(changes, ['mail queue stuck'], '').findings.map(({ file }) => file.path)).toEqual([
      'mail.yaml',
      'a.ts',
    ]);
    expect(review(changes, [], '').findings.map(({ file }) => file.path)).toEqual(['a.ts', 'mail.yaml']);
  });

  it('points at changed lines that share words with the incident when no rule speaks of them', () => {
    const changes = changesOf({
      'a.ts': '-const rate = table.lookup(invoice.currency);\n+const rate = rates.find(invoice.currency);',
    });
    const { findings } = review(changes, ['unknown currency on invoice'], '');
    expect(findings.map(({ rule }) => rule)).toEqual(['touches-incident', 'touches-incident']);
  });

  it('does not point at lines beside a finding', () => {
    const changes = changesOf({ 'a.ts': '-invoice_timeout = 300;\n+invoice_timeout = 100;\n+send(invoice.currency);' });
    expect(review(changes, ['unknown currency on invoice'], '').findings.map(({ rule }) => rule)).toEqual([
      'limit-changed',
    ]);
  });

  it('says one thing once: the earlier rule speaks for the later', () => {
    const { findings } = review(changesOf({ 'a.yaml': '-timeout: 30s\n+timeout: 5s' }), [], '');
    expect(findings.map(({ rule }) => rule)).toEqual(['limit-changed']);
  });

  it('tells five findings of a kind in a file and counts the others', () => {
    const body = Array.from({ length: 12 }, (_, i) => `-key${i}: a\n+key${i}: b`).join('\n');
    const { findings } = review(changesOf({ 'app.yaml': body }), [], '');
    expect(findings).toHaveLength(5);
    expect(findings[4]?.message).toMatch(/7 times more in this file/);
  });

  it.each([
    ['a renamed variable', 'a.ts', '-const n = list.length;\n-return n;\n+const count = list.length;\n+return count;'],
    ['new documentation', 'README.md', '+# Timeouts\n+Set the timeout to 5 s. TODO: more. password: hunter2hunter'],
    ['a new function', 'a.ts', '+/** Adds. */\n+export const add = (a: number, b: number): number => a + b;'],
    [
      'a passage indented anew',
      'a.py',
      '-try_it()\n-connection = pool.acquire()\n+if ready:\n+    try_it()\n+    connection = pool.acquire()',
    ],
    ['a lock file', 'package-lock.json', '-"timeout": "1.0.0"\n+"timeout": "2.0.0"'],
    [
      'a new test',
      'a.spec.ts',
      "+it('waits', async () => {\n+  await expect(f({ timeoutMs: 5 })).rejects.toThrow();\n+});",
    ],
    [
      'a rewritten loop',
      'a.go',
      '-for i := 0; i < len(xs); i++ {\n-\tuse(xs[i])\n+for _, x := range xs {\n+\tuse(x)\n }',
    ],
    ['changed style', 'a.css', '-max-width: 300px;\n+max-width: 200px;'],
  ])('has nothing to say about %s', (_what, path, body) => {
    expect(
      review(changesOf({ [path]: body }), [], '').findings.map(({ rule, message }) => `${rule}: ${message}`),
    ).toEqual([]);
  });

  it('takes a second, not a minute, for a change of 40,000 lines', () => {
    const body = Array.from(
      { length: 10_000 },
      (_, i) => `-await f${i}(a.b, ${i});\n-timeout${i} = ${i};\n+g${i}(a.b, ${i});\n+x${i} = ${i};`,
    );
    const changes = changesOf({ 'a.ts': body.sort().join('\n') });
    const startedAt = performance.now();
    review(changes, messages, '');
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});
