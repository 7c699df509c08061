import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEnvelope } from './envelope-file.js';
import { jsonObjectOf, textOf } from './text-file.js';

describe('a file that the user names', () => {
  let folder = '';
  const at = async (name: string, content: string): Promise<string> => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'voorman-file-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is missed in a plain sentence, whatever it was for', async () => {
    const missing = join(folder, 'missing');
    const fault = { code: 'cli/bad-file', message: `There is no file ${missing}.` };
    await expect(textOf(missing)).rejects.toMatchObject(fault);
    await expect(jsonObjectOf(missing, 'Write it.')).rejects.toMatchObject(fault);
    await expect(readEnvelope(missing)).rejects.toMatchObject(fault);
    await expect(textOf(folder)).rejects.toMatchObject({ message: `${folder} is a folder.` });
  });

  it('holds an object, or is said to hold none', async () => {
    expect(await jsonObjectOf(await at('good', '{"to": []}'), 'Write it.')).toEqual({ to: [] });
    const none = { code: 'cli/bad-file', next: 'Write it.' };
    await expect(jsonObjectOf(await at('list', '[]'), 'Write it.')).rejects.toMatchObject(none);
    await expect(jsonObjectOf(await at('torn', '{'), 'Write it.')).rejects.toMatchObject(none);
  });

  it('is told to be no JSON in one line, whatever it holds', async () => {
    const file = await at('lines', 'not\njson\n');
    const fault = await readEnvelope(file).then(
      () => undefined,
      (cause: Error) => cause,
    );
    expect(fault?.message).toMatch(/is not JSON: .*\.$/);
    expect(fault?.message).not.toContain('\n');
  });
});
