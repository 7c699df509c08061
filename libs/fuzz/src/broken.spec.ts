import type { Executed } from '@voorman/executors';
import { compileTool, type LoadedTool, ToolManifest } from '@voorman/registry';
import { describe, expect, it } from 'vitest';
import { brokenBy, type Sort } from './broken.js';

const manifest = ToolManifest.parse({
  name: 'search',
  version: '1.0.0',
  type: 'function',
  handler: 'search',
  schema: { output: { total: 'integer' } },
});
const tool = compileTool({ ...manifest, file: 'tool.yaml', folder: '.' } as LoadedTool);
const kindOf = (kind: 'fault' | 'unknown', code: string, message = 'x', sort: Sort = 'valid') => {
  const executed: Executed = { kind, fault: { code, message, next: 'x' }, durationMs: 1, retryable: false };
  return brokenBy(tool, executed, sort)?.kind;
};

describe('what counts as a tool’s fault', () => {
  it('is an output that breaks its schema, or that is none', () => {
    const said = (output: { total: number | string }): Executed => ({
      kind: 'output',
      output,
      durationMs: 1,
      retryable: false,
    });
    expect(brokenBy(tool, said({ total: 1 }), 'valid')).toBeUndefined();
    expect(brokenBy(tool, said({ total: 'many' }), 'valid')?.kind).toBe('bad-output');
    expect(kindOf('fault', 'tool/failed', 'search did not answer with JSON.')).toBe('bad-output');
    expect(kindOf('fault', 'tool/failed', 'search answered with more than 10 MiB.')).toBe('bad-output');
  });

  it('is a status of 5xx, whether or not it says that nothing was done', () => {
    expect(kindOf('unknown', 'tool/failed', 'search answered with status 500.')).toBe('server-error');
    expect(kindOf('fault', 'tool/failed', 'search answered with status 503.')).toBe('server-error');
  });

  it('is no answer, one too late, and an end without one', () => {
    expect(kindOf('unknown', 'tool/timeout')).toBe('timeout');
    expect(kindOf('fault', 'tool/unreachable')).toBe('no-answer');
    expect(kindOf('unknown', 'tool/connection-lost')).toBe('no-answer');
    expect(kindOf('unknown', 'tool/ended')).toBe('crash');
    expect(kindOf('unknown', 'sandbox/memory')).toBe('crash');
  });

  it('is no refusal in words, whoever speaks them', () => {
    expect(kindOf('fault', 'tool/failed', 'search answered with status 404.')).toBeUndefined();
    expect(kindOf('fault', 'tool/failed', 'The text is too long; did not answer with JSON.')).toBeUndefined();
    expect(kindOf('fault', 'search/no-such-page')).toBeUndefined();
    expect(kindOf('fault', 'sandbox/unavailable')).toBeUndefined();
  });

  it('is a script that stumbles over what its schema allows, and only that', () => {
    expect(kindOf('fault', 'script/failed')).toBe('crash');
    expect(kindOf('fault', 'script/failed', 'x', 'mutated')).toBeUndefined();
  });
});
