import { describe, expect, it } from 'vitest';
import { faultOf, operatorLog } from './journal-lines.js';

function lines() {
  const written: string[] = [];
  return { log: operatorLog('sample', 'debug', { write: (line) => void written.push(line) }), written };
}
const KEY = `ghp_${'aB3'.repeat(12)}`;

describe('what a service tells its operator', () => {
  it('holds no secret, wherever it stands: in the sentence, in a field, in a text within a text, in a cause', () => {
    const { log, written } = lines();
    const cause = new Error(`401 for "Authorization: Bearer ${KEY}"`);
    log.info({ password: 'swordfish', nkeySeed: `SUA${'ABCDE'.repeat(11)}` }, 'password=swordfish');
    log.error({ fault: faultOf(new Error('postgres://app:swordfish@db/x is gone', { cause })) }, `Key ${KEY}.`);
    log.warn({ text: JSON.stringify({ api_key: 'swordfish-1', note: `{"token": "${KEY}"}` }) });
    log.debug({ key: '-----BEGIN PRIVATE KEY-----\nswordfish\n-----END PRIVATE KEY-----' }, 'x');
    expect(written).toHaveLength(4);
    expect(written.join('')).not.toMatch(/swordfish|ghp_|SUAABC/);
    expect(written.join('')).toContain('[redacted:api-key]');
  });

  it('stays one JSON document a line', () => {
    const { log, written } = lines();
    for (const text of [
      'password="a\\"b"',
      'password=x\\',
      "password='",
      `{"password":"x\\\\"}`,
      'cookie: a"b',
      '-----BEGIN PRIVATE KEY-----\n"',
    ]) {
      log.info({ text, after: 1 }, text);
    }
    for (const line of written) expect(JSON.parse(line)).toMatchObject({ name: 'sample', after: 1 });
  });
});
