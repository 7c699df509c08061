import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTool } from '@voorman/registry';
import { describe, expect, it } from 'vitest';

describe('the tool in the documentation', () => {
  it.each(['sql', 'mcp', 'mail'])('of type %s loads as it stands there', async (type) => {
    const page = await readFile(new URL(`../../../docs/tools/${type}.md`, import.meta.url), 'utf8');
    const folder = await mkdtemp(join(tmpdir(), 'voorman-page-'));
    const file = join(folder, 'tool.yaml');
    await writeFile(file, /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '');
    expect(await loadTool(file)).toMatchObject({ type });
    await rm(folder, { recursive: true });
  });
});
