import { describe, expect, it } from 'vitest';
import { forbiddenText } from './forbidden-text.ts';

const found = (path: string, content: string): string[] => forbiddenText([{ path, content }]);

describe('what is committed', () => {
  it('names no package registry', () => {
    const host = ['registry', 'npmjs', 'org'].join('.');
    expect(found('docs/setup.md', `First line\nsee https://${host}/nx`)).toEqual([
      `docs/setup.md:2 names the package registry ${host}.`,
    ]);
  });

  it('has no download address in a lock file', () => {
    const line = "    resolution: {integrity: sha512-abc, tarball: 'https://example.com/nx.tgz'}";
    expect(found('pnpm-lock.yaml', line)).toEqual(['pnpm-lock.yaml:1 carries a download address.']);
    expect(found('pnpm-lock.yaml', '    resolution: {integrity: sha512-abc}')).toEqual([]);
  });

  it('names nobody’s home folder', () => {
    expect(found('src/a.ts', `const file = '/${'home'}/jo/notes.txt';`)).toHaveLength(1);
    expect(found('src/a.ts', "const file = './home/jo'; // or https://example.com/home/jo")).toEqual([]);
  });
});
