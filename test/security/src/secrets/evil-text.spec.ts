import type { JsonObject } from '@voorman/envelope';
import { Digester, redact } from '@voorman/redaction';
import { describe, expect, it } from 'vitest';

/** What sends a careless pattern back to its beginning again and again. */
const EVIL = [
  ...['1', '1 ', '-----BEGIN ', '-----BEGIN PRIVATE KEY-----', 'eyJ-', 'eyJaaaaaaaa.', 'a@', '@', '://a:', 'a.a@a.'],
  ...['password="', "password='\\", 'password', '\\', 'password="\\\\', 'secret=\\\\"', 'cookie: ', 'token=a1', '"'],
  ...['AB12', 'DE89 ', '+1', '+1 (', 'xoxb-', 'ghs_1_', 'ghs_1_a.', 'https://hooks.slack.com/services/T', 'SG.a.'],
  ...['_authToken=', 'bearer ', 'authorization\t', 'tskey-aa-', '[redacted:', 'password=[redacted:password]', 'é@é.'],
  ...['\u001b[', '\\u001b[1;', '😀@', '\ud800', '078-05-', 'sk-proj-', 'ops_ey', 'a', 'A'],
];
const digester = new Digester(Buffer.from('a key for these specs only'));
/** Of this thread alone: what else the machine does takes no part. Milliseconds. */
const cpuMsFor = (text: string): number => cpuMsForAll({ text });
const cpuMsForAll = (output: JsonObject): number => {
  const { user: before } = process.threadCpuUsage();
  redact(output, { digester });
  return (process.threadCpuUsage().user - before) / 1_000;
};

describe('a text that was made to be slow', () => {
  it.each(EVIL)('is read in time that grows with its length: %j again and again', (piece) => {
    const [short, long] = [piece.repeat(100_000 / piece.length), piece.repeat(400_000 / piece.length)];
    // Four times the text, four times the time; sixteen would be a square.
    expect(cpuMsFor(long)).toBeLessThan(8 * cpuMsFor(short) + 200);
  });

  it('is as quick where it is names that become alike, thousands of them', () => {
    const names = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`ada${n}@b.example`, n]));
    expect(cpuMsForAll(names(40_000))).toBeLessThan(8 * cpuMsForAll(names(10_000)) + 200);
  });
});
