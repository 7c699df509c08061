import { Digester, redact, redactSecrets, redactText } from '@voorman/redaction';
import { API_KEYS } from '@voorman/redaction/testing';
import { describe, expect, it } from 'vitest';

const KEY = API_KEYS.github ?? '';
const digester = new Digester(Buffer.from('a key for these specs only'));
const left = (value: unknown) => JSON.stringify(redact({ value } as never, { digester }).value);

describe('an attack on redaction by what stands around a secret', () => {
  it.each([
    ['a stack trace', `Error: bad token ${KEY}\n    at f (/app/x.js:1:2)\n    at async main`],
    ['a line of a shell', `+ curl -H 'Authorization: token ${KEY}' https://x`],
    ['colours of a terminal in JSON', JSON.stringify(`\u001b[1;31m${KEY}\u001b[0m`)],
    ['colours of a terminal', `\u001b[31m${KEY}\u001b[0m`],
    ['a mark of the other direction', `\u202e${KEY}\u202c`],
    ['a NUL on either side', `\0${KEY}\0`],
    ['a line that came from Windows', `KEY=${KEY}\r\nNEXT=1`],
    ['an address', `https://x/?t=${KEY}#frag`],
    ['a user of an address', `https://${KEY}@github.example/a/b.git`],
    ['JSON in JSON in JSON', JSON.stringify(JSON.stringify(JSON.stringify({ k: KEY })))],
    ['XML', `<token>${KEY}</token>`],
    ['YAML', `token: ${KEY}\n`],
    ['Markdown', `[a](https://x/${KEY}) **${KEY}**`],
    ['a path', `/home/x/${KEY}/file`],
    ['a mark that was there before', `[redacted:api-key]${KEY}`],
    ['a mark that is left open', `[redacted:${KEY}`],
    ['a mark that was made to hide it', `password=[redacted:password]${KEY}`],
    ['many marks', `${'[redacted:api-key]'.repeat(1_000)}${KEY}`],
    ['a megabyte', `${'lorem ipsum '.repeat(80_000)}${KEY}`],
  ])('finds it taken out of %s', (_what, text) => {
    expect(left(text)).not.toContain(KEY);
    expect(redactText(text)).not.toContain(KEY);
    expect(JSON.stringify(redactSecrets({ deep: [{ [text]: { text } }] }))).not.toContain(KEY);
  });

  it.each(['password', 'PASSWORD', 'Password', 'db_password', 'dbPassword', 'db-password', 'user.password', 'passwd'])(
    'finds it taken out under %s, however plain it is',
    (name) => {
      expect(left({ [name]: 'tulip' })).not.toContain('tulip');
      expect(left({ [name]: ['tulip', { x: 'other' }] })).not.toContain('tulip');
    },
  );

  it('finds a key that stands in a key taken out, and the rest still apart', () => {
    const result = redact({ [`a ${KEY}`]: 1, [`b ${KEY}`]: 2 }, { digester });
    expect(JSON.stringify(result)).not.toContain(KEY);
    expect(Object.values(result.value)).toEqual([1, 2]);
  });
});

/*
 * What no detector can see without knowing the secret. It is stated in docs/redaction.md and docs/security.md: whoever may
 * choose how something is written can write it so. These say so too, and fail on the day on which that changes.
 */
describe('what an attacker who writes the text can still hide', () => {
  it.each([
    ['cut in two fields', { a: KEY.slice(0, 20), b: KEY.slice(20) }],
    ['in base64', { a: Buffer.from(`key ${KEY}`).toString('base64') }],
    ['backwards', { a: [...KEY].reverse().join('') }],
    ['with a character in it that nobody sees', { a: `${KEY.slice(0, 8)}\u200b${KEY.slice(8)}` }],
  ])('is a key %s', (_how, value) => {
    expect(left(value)).toContain(JSON.stringify(value).slice(1, -1));
  });
});
