import { expect, it } from 'vitest';
import { MADE_UP_FILES } from './made-up-files.js';

it('gives every attachment a content, the same one every time, and many kinds of it', async () => {
  const bytesOf = async (index: number) => {
    const digest = `sha256:${index.toString(16).padStart(64, '0')}`;
    const parts: Uint8Array[] = [];
    const file = { ref: 'payloads_cli/a', digest, bytes: 1, media_type: 'text/plain' };
    for await (const part of MADE_UP_FILES.open(file)) parts.push(part);
    return Buffer.concat(parts).toString('base64');
  };
  const all = await Promise.all(Array.from({ length: 100 }, (_, index) => bytesOf(index)));
  expect(new Set(all).size).toBe(11);
  expect(await bytesOf(7)).toBe(all[7]);
});
