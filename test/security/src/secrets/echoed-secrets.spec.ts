import type { JsonObject } from '@voorman/envelope';
import { Masking } from '@voorman/executors';
import { describe, expect, it } from 'vitest';

const SECRET = 'k3y+with/odd=s&<"\\é';
const echoed = (output: JsonObject, secret = SECRET) =>
  JSON.stringify(new Masking([secret]).executed({ kind: 'output', output, durationMs: 1, retryable: false }));
const hex = (text: string) => Buffer.from(text).toString('hex');
const percent = encodeURIComponent(SECRET);

describe('an attack by a service that repeats its key', () => {
  it.each([
    ['in percent form with small letters', percent.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())],
    ['in percent form, all of it', hex(SECRET).replaceAll(/../g, '%$&')],
    ['as a form sends it', new URLSearchParams({ k: SECRET }).toString().slice(2)],
    ['in base64 without its end', Buffer.from(SECRET).toString('base64').replace(/=+$/, '')],
    ['in base64 with something before it', Buffer.from(`x:${SECRET}`).toString('base64')],
    ['in base64 with two characters before it', Buffer.from(`xy${SECRET}zz`).toString('base64')],
    ['in base64 for addresses, with something around it', Buffer.from(`xyz${SECRET}zz`).toString('base64url')],
    ['in hexadecimal', hex(SECRET)],
    ['in hexadecimal with capitals', hex(SECRET).toUpperCase()],
    ['in HTML', SECRET.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')],
    ['in JSON within JSON', JSON.stringify(JSON.stringify(SECRET)).slice(3, -3)],
    ['in JSON with escaped slashes', JSON.stringify(SECRET).slice(1, -1).replaceAll('/', '\\/')],
    ['in JSON of plain letters only', JSON.stringify(SECRET).slice(1, -1).replace('é', '\\u00e9')],
    ['in other letters of its own case', SECRET.toUpperCase()],
  ])('finds it taken out %s', (_form, text) => {
    const result = echoed({ text: `before ${text} after` });
    expect(result).toContain('[secret]');
    expect(result).not.toContain(JSON.stringify(text).slice(1, -1));
  });
});
