// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the samples of code hold them
import { describe, expect, it } from 'vitest';
import { review } from '../review.ts';
import { changesOf, fileOf, says } from '../testing/change.ts';
import { secretAdded } from './secret.ts';

// Put together here, so that no scanner of this repository takes the test for a leak.
const awsKey = ['AKIA', 'QX7Z3M2K', '9LPW4TRB'].join('');
const random = ['q8Zr2', 'LmX9v', 'T4kW7', 'pB1nC'].join('');

describe('an added secret', () => {
  it.each([
    ['a.ts', `+const key = '${awsKey}';`, 'An AWS access key'],
    ['.env', `+API_KEY=${random}`, 'A value for `API_KEY`'],
    ['a.yaml', '+  password: "hunter2hunter"', 'A value for `password`'],
    ['a.py', `+url = "postgres://shop:${random}@db/shop"`, 'A password in an address'],
    ['id_rsa.pem', `+-----BEGIN RSA ${'PRIVATE'} KEY-----`, 'A private key'],
  ])('is seen in %s', (path, body, what) => {
    expect(says(secretAdded, path, body)).toEqual([
      expect.stringContaining(`high: ${what} is added in line 4 of change.diff`),
    ]);
  });

  it.each([
    ['a.ts', '+const password = process.env.PASSWORD;'],
    ['a.yaml', '+password: ${DB_PASSWORD}'],
    ['a.yaml', '+password: changeme'],
    ['a.ts', '+const token = parser.nextToken();'],
    ['a.py', '+login(user, password=settings_password_1)'],
    ['a.ts', "+fetch(url, { credentials: 'same-origin-with-cookies' });"],
    ['a.ts', '+interface Login { password: string; }'],
    ['package-lock.json', '+"integrity": "sha512-abcdefabcdef0123456789"'],
    ['a.spec.ts', '+const password = "hunter2hunter";'],
  ])('is none in %s: %s', (path, body) => {
    expect(says(secretAdded, path, body)).toEqual([]);
  });

  it('is never shown, neither as proof nor in a message, added or removed', () => {
    expect(secretAdded.check(fileOf('a.ts', `+const key = '${awsKey}';`))[0]?.proof).toEqual([
      { at: 3, raw: '@@ -1,0 +1,1 @@' },
    ]);
    const { findings } = review(
      changesOf({ '.env': `-API_KEY=${random}\n-DB_PASSWORD=hunter2\n+API_KEY=new${random}\n DEBUG=0` }),
      [],
      '',
    );
    expect(findings.length).toBeGreaterThan(1);
    const shown = JSON.stringify(findings.map(({ message, proof }) => [message, proof]));
    expect(shown).not.toContain(random);
    expect(shown).not.toContain('hunter2');
  });
});
