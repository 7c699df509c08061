import { describe, expect, it } from 'vitest';
import { consequence, placed } from './problem.js';

const folder = { file: 'a', code: 'registry/unreadable', message: 'No.', next: 'Mend it.' };
const problem = { ...folder, file: 'a/agent.yaml', line: 3 };

describe('a problem of a registry folder', () => {
  it('names file and line, and that the file is left out', () => {
    expect(consequence(problem)).toBe('Left out: a/agent.yaml:3: No.');
    expect(placed(folder)).toBe('a: No.');
  });

  it('leaves a bot in that only lacks a tool', () => {
    expect(consequence({ ...problem, code: 'registry/unknown-tool' })).toBe('Incomplete: a/agent.yaml:3: No.');
  });
});
