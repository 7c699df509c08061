import { describe, expect, it } from 'vitest';
import { floorFaults } from './floors.ts';
import { type Project, packagePatterns } from './workspace.ts';

describe('the floors of the house', () => {
  it('stand when each imports only lower ones, apps import floors, and tests import anything', () => {
    const projects = [
      project('libs/envelope', ['floor:0']),
      project('libs/log', ['floor:1'], ['@voorman/envelope', 'zod']),
      project('apps/cli', ['app'], ['@voorman/log', '@voorman/envelope']),
      project('test/crash', ['test'], ['@voorman/cli', '@voorman/log']),
      project('deploy/registry/tools/review-diff', []),
    ];
    expect(floorFaults(projects)).toEqual([]);
  });

  it.each([
    ['a lower floor imports a higher one', project('libs/envelope', ['floor:0'], ['@voorman/other']), ['floor:1']],
    ['a floor imports its equal', project('libs/log', ['floor:1'], ['@voorman/other']), ['floor:1']],
    ['a floor imports an app', project('libs/service', ['floor:3'], ['@voorman/other']), ['app']],
    ['an app imports an app', project('apps/cli', ['app'], ['@voorman/other']), ['app']],
    ['an app imports a test', project('apps/cli', ['app'], ['@voorman/other']), ['test']],
    [
      "a tool's program imports a package of ours",
      project('deploy/registry/tools/t', [], ['@voorman/other']),
      ['floor:0'],
    ],
  ])('fall when %s', (_what, breaker, otherTags) => {
    const faults = floorFaults([breaker, project('elsewhere/other', otherTags)]);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain('imports @voorman/other');
  });

  it('know every package: one without a rank is a fault', () => {
    expect(floorFaults([project('libs/new', [])])).toEqual([
      'libs/new has no rank: tag it floor:N, app or test under "nx" in its package.json.',
    ]);
  });
});

describe('the list of packages', () => {
  it('is read from under its key alone', () => {
    const yaml = 'packages:\n  - apps/*\n  - "libs/*"\npmOnFail: ignore\nallowBuilds:\n  pnpm: true\n';
    expect(packagePatterns(yaml)).toEqual(['apps/*', 'libs/*']);
  });
});

function project(folder: string, tags: readonly string[], dependencies: readonly string[] = []): Project {
  return { folder, name: `@voorman/${folder.split('/').at(-1)}`, tags, dependencies, hasTests: true };
}
