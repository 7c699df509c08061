import { readFile } from 'node:fs/promises';
import { parseManifest, ToolManifest } from '@voorman/registry';
import { describe, expect, it } from 'vitest';
import { type ApiManifest, toRequest } from './request.js';

describe('the tool in the documentation', () => {
  it('loads as it stands there, and becomes the request that the page tells of', async () => {
    const page = await readFile(new URL('../../../../docs/tools/api.md', import.meta.url), 'utf8');
    const text = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    const tool = { ...parseManifest('tool.yaml', text, ToolManifest), file: 'tool.yaml', folder: '.' } as ApiManifest;
    const args = { namespace: 'shop', pod: 'web-1' };
    expect(toRequest(tool, args, 'key-1', new Map([['token', 'abc']]))).toMatchObject({
      url: new URL('https://ops.corp.example/v2/namespaces/shop/pods/web-1/restart'),
      headers: { authorization: 'Bearer abc' },
      body: '{}',
    });
  });
});
