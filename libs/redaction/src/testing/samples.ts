// Made up here, and put together at run time: a scanner of this repository must not take them for real.

const letters = (count: number, from = 'aZ3bY4cX5dW6eV7fU8gT9hS1'): string =>
  from.repeat(Math.ceil(count / from.length)).slice(0, count);

const jwtPart = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const pem = (label: string): string =>
  [`-----BEGIN ${label}-----`, letters(64), letters(64), letters(20), `-----END ${label}-----`].join('\n');

/** Keys of known shapes: the whole text is the secret. */
export const API_KEYS: Readonly<Record<string, string>> = {
  aws: `AKIA${letters(16, 'QWERTYUIOPASDFGH')}`,
  nats: `SUA${letters(55, 'ABCDEFGH234567')}`,
  google: `AIza${letters(35)}`,
  age: `AGE-SECRET-KEY-1${letters(58, 'QPZRY9X8GF2')}`,
  twilio: `SK${letters(32, '0a1b2c3d4e5f')}`,
  telegram: `123456789:AA${letters(33)}`,
  npm: `npm_${letters(36)}`,
  slack: `xoxb-123456789012-${letters(13, '1234567890')}-${letters(24)}`,
  sendgrid: `SG.${letters(22)}.${letters(43)}`,
  shopify: `shpat_${letters(32, '0a1b2c3d4e5f')}`,
  stripe: `sk_live_${letters(24)}`,
  github: `ghp_${letters(36)}`,
  'github, fine-grained': `github_pat_${letters(82)}`,
  gitlab: `glpat-${letters(20)}`,
  grafana: `glsa_${letters(32)}_${letters(8, '0a1b2c3d')}`,
  openai: `sk-proj-${letters(74)}T3BlbkFJ${letters(74)}`,
  anthropic: `sk-ant-api03-${letters(93)}AA`,
  groq: `gsk_${letters(52)}`,
  huggingface: `hf_${letters(34, 'abcdefghXYZ')}`,
  linear: `lin_api_${letters(40)}`,
  notion: `ntn_${letters(11, '1234567890')}${letters(35)}`,
  vault: `hvs.${letters(95)}`,
  vercel: `vcp_${letters(40)}`,
  databricks: `dapi${letters(32, '0a1b2c3d4e5f')}`,
  docker: `dckr_pat_${letters(27)}`,
  figma: `figd_${letters(43)}`,
  cloudflare: `cfut_${letters(40)}${letters(8, '0a1b2c3d')}`,
  tailscale: `tskey-auth-${letters(12)}-${letters(32)}`,
};

export const PRIVATE_KEYS = ['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY', 'OPENSSH PRIVATE KEY'].map(pem);

export const JWT_SAMPLE = [jwtPart({ alg: 'HS256', typ: 'JWT' }), jwtPart({ sub: '1234567890' }), letters(43)].join(
  '.',
);

/** A text, and the part of it that must not survive. */
export const SECRETS_IN_TEXT: readonly (readonly [text: string, secret: string])[] = [
  ['connecting with password=hunter2 to db', 'hunter2'],
  ['DB_PASSWORD="correct horse battery"', 'correct horse battery'],
  ["$config['password'] = 'tr0ub4dor'", 'tr0ub4dor'],
  ['{"password":"abc\\"def"}', 'def'],
  ['payload={\\"client_secret\\":\\"s3kr1t-value\\"}', 's3kr1t-value'],
  ['api_key: 9f8e7d6c5b4a', '9f8e7d6c5b4a'],
  ['apiKey=9f8e7d6c5b4a&page=2', '9f8e7d6c5b4a'],
  ['token = q8w7e6r5t4y3u2i1o0pa', 'q8w7e6r5t4y3u2i1o0pa'],
  ['GET /x?access_token=q8w7e6r5t4y3u2i1o0pa&x=1', 'q8w7e6r5t4y3u2i1o0pa'],
  ['AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzKEY', 'bPxRfiCYzzzzzzzKEY'],
  ['Authorization: Basic dXNlcjpwYXNzd29yZA==', 'dXNlcjpwYXNzd29yZA=='],
  ['curl -H "Authorization: Bearer short-token-1"', 'short-token-1'],
  ['sent Bearer 0123456789abcdef0123 upstream', '0123456789abcdef0123'],
  ['Set-Cookie: sid=31d4d96e407aad42; Path=/', '31d4d96e407aad42'],
  ['dsn postgres://app:p%40ss@db.corp:5432/orders', 'p%40ss'],
  ['dsn postgres://app:p@ss@db.corp/orders', 'p@ss'],
  ['dsn redis://:topsecret@cache', 'topsecret'],
  ['GET https://x.blob/y?sv=1&sig=q8w7e6r5t4y3u2i1o0pa%3D&x=1', 'q8w7e6r5t4y3u2i1o0pa'],
  ['AccountKey=abcd1234efgh5678==;EndpointSuffix=x', 'abcd1234efgh5678'],
];

/** Personal data of each kind, in a sentence. Numbers are the well-known ones for tests. */
export const PERSONAL: Readonly<Record<string, readonly string[]>> = {
  email: ['ada.lovelace@example.org', 'ada+x@mail.example.co.uk', 'żółć@example.pl', 'joe@exämple.de'],
  phone: ['+1 415 555 2671', '+49 30 901820', '+44 (0)20 7946 0958'],
  card: ['4111 1111 1111 1111', '5555555555554444', '3782-822463-10005'],
  iban: ['DE89 3704 0044 0532 0130 00', 'GB29NWBK60161331926819'],
  ssn: ['078-05-1120'],
};

/** What looks like something and is nothing. */
export const HARMLESS: readonly string[] = [
  '2026-03-01T10:00:00.123456789Z INFO request id=4f2c took 12 ms, 42 tokens used',
  'interface User { password: string; token: string; secret?: boolean }',
  'The secret: use fewer words. Bearer certificates are not basic necessities.',
  'password=[redacted:password] api_key=$API_KEY token={{ secrets.token }} PWD=/home/app password=***',
  'session 01994b1c-2f5e-7c3a-9d77-3f2b8c1d4e5f position 1234567890123456789',
  'call sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'https://db.corp:5432/orders?user=7 and @decorator and a @ b and npm i @scope/name@1.2.3',
  'pass=12 fail=0 skipped=3; key: value; monkey=banana; passed: 14',
  '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
  '"sig":"q8w7e6r5t4y3u2i1o0pa","session_id":"01994b1c-2f5e-7c3a-9d77-3f2b8c1d4e5f","next_page_token":"q8w7e6r5t4y3u2i1o0"',
  '192.168.0.1:8080 +0200 1+1=2 0.4111111111111111 4111111111111112',
];
