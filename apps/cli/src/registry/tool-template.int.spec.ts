import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScriptExecutor, WorldExecutor } from '@voorman/executors';
import { fuzz } from '@voorman/fuzz';
import { compileTool, loadTool } from '@voorman/registry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkReferences } from './check-references.js';
import { TOOL_TYPES, toolTemplate } from './tool-template.js';

describe('a new tool', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'voorman-new-'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  const written = async (type: (typeof TOOL_TYPES)[number]) => {
    const folder = join(root, type);
    await mkdir(folder, { recursive: true });
    const files = toolTemplate('my_tool', type, '../docs/tool.schema.json');
    for (const { path, text } of files) await writeFile(join(folder, path), text);
    return { folder, tool: await loadTool(join(folder, 'tool.yaml')), files };
  };

  it.each(TOOL_TYPES)('of type %s is one that its check accepts', async (type) => {
    const { tool, files } = await written(type);
    expect(tool).toMatchObject({ name: 'my_tool', type, version: '0.1.0' });
    expect(files[0]?.text.split('\n')[0]).toBe('# yaml-language-server: $schema=../docs/tool.schema.json');
    const findings = await checkReferences(tool, new Map([[tool.name, tool]]));
    expect(findings.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('of type process comes with a program that keeps its promise', async () => {
    const { tool, folder } = await written('process');
    const said = execFileSync(process.execPath, ['main.mjs'], { cwd: folder, input: '{"text":"one two  three"}' });
    const output: unknown = JSON.parse(said.toString());
    expect(output).toEqual({ words: 3, summary: 'The text has 3 words.' });
    expect(compileTool(tool).checkOutput(output)).toBeUndefined();
  });

  it('of type script comes with one that nothing breaks', async () => {
    const { tool } = await written('script');
    const script = new ScriptExecutor(() => undefined);
    const world = new WorldExecutor({ script });
    const report = await fuzz(compileTool(tool), world, { count: 60, seed: 1, parallel: 4 });
    await world.stop();
    expect(report).toMatchObject({ failures: [] });
    expect(report.accepted).toBeGreaterThan(10);
  });
});
