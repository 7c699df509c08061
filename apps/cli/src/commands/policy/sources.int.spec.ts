import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../errors.js';
import { told } from '../../output/fault.js';
import { dataFolder } from '../../stack/data-folder.js';
import { findSources } from './sources.js';

describe('the sources of a policy', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'voorman-sources-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('are bad input where the folder that the user named cannot be read', async () => {
    const fault = await findSources(dataFolder(folder), join(folder, 'nowhere')).catch(told);
    expect(fault).toMatchObject({ code: 'cli/bad-file', exitCode: EXIT.badInput });
  });
});
