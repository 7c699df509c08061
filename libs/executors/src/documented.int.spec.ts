import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileTool, parseManifest, ToolManifest } from '@voorman/registry';
import { describe, expect, it } from 'vitest';
import { loadFunctions } from './function/function-modules.js';
import { SandboxFile } from './sandbox/profile.js';
import { ScriptExecutor } from './script/script-executor.js';
import { attemptOf, loadedTool } from './testing/tool-call.js';

const DOCS = join(import.meta.dirname, '../../../docs/tools');
const blocks = async (page: string, kind: string): Promise<string[]> =>
  [...(await readFile(join(DOCS, page), 'utf8')).matchAll(new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, text = '']) => text,
  );

describe('the pages about programs, scripts and functions', () => {
  it.each(['process.md', 'script.md', 'function.md'])('show manifests that load: %s', async (page) => {
    expect(await readdir(DOCS)).toContain(page);
    const manifests = (await blocks(page, 'yaml')).filter((text) => /^name: /m.test(text));
    expect(manifests.length).toBeGreaterThan(0);
    for (const text of manifests) compileTool(parseManifest(page, text, ToolManifest));
  });

  it('show sandbox profiles that load', async () => {
    const [profiles = ''] = (await blocks('process.md', 'yaml')).filter((text) => text.startsWith('default:'));
    const file = parseManifest('sandboxes.yaml', profiles, SandboxFile);
    expect(Object.keys(file.profiles)).toEqual(['isolated', 'crm', 'reports', 'trusted']);
  });

  it('show a script that computes what its page says', async () => {
    const [text = ''] = await blocks('script.md', 'yaml');
    const tool = loadedTool('script', parseManifest('script.md', text, ToolManifest));
    const executor = new ScriptExecutor(() => undefined);
    const attempt = attemptOf(tool, { values: [5, 1, 3] });
    const result = await executor.execute(tool, attempt);
    await executor.stop();
    expect(result).toMatchObject({ kind: 'output', output: { count: 3, p50: 3, p99: 5 } });
    expect(attempt.tool.checkOutput(result.kind === 'output' && result.output)).toBeUndefined();
  });

  it('show a module of functions that loads', async () => {
    const [text = ''] = await blocks('function.md', 'js');
    const folder = await mkdtemp(join(tmpdir(), 'voorman-documented-'));
    await writeFile(join(folder, 'functions.mjs'), text);
    const { handlers, problems } = await loadFunctions([join(folder, 'functions.mjs')]);
    await rm(folder, { recursive: true });
    expect(problems).toEqual([]);
    expect([...handlers.keys()]).toEqual(['stockLevel']);
  });
});
