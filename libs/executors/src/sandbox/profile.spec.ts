import { describe, expect, it } from 'vitest';
import { ISOLATED, Sandboxes, SandboxFile } from './profile.js';

const fileOf = (profile: unknown) => SandboxFile.safeParse({ profiles: { p: profile } });
const problem = (profile: unknown): string => JSON.stringify(fileOf(profile).error?.issues ?? []);

describe('sandbox profiles', () => {
  it('are found by name; where policy names none, the default holds', () => {
    const sandboxes = new Sandboxes(SandboxFile.parse({ default: 'p', profiles: { p: { memory_mb: 100 }, q: {} } }));
    expect(sandboxes.profile()).toMatchObject({ memory_mb: 100, network: 'none' });
    expect(sandboxes.profile('q')).toEqual(ISOLATED);
  });

  it('that nobody defined are unknown, but for isolated', () => {
    const sandboxes = new Sandboxes(SandboxFile.parse({}));
    expect(sandboxes.profile()).toEqual(ISOLATED);
    expect(sandboxes.profile('trusted')).toBeUndefined();
    expect(sandboxes.profile('toString')).toBeUndefined();
    expect(sandboxes.profile('__proto__')).toBeUndefined();
  });

  it('show nothing of the host and lead nowhere, where they do not say otherwise', () => {
    expect(ISOLATED).toMatchObject({ network: 'none', read_only: [], writable: [] });
  });

  it.each([
    ['/'],
    ['/proc'],
    ['/proc/1'],
    ['/dev'],
    ['/sys/fs'],
    ['/usr/bin'],
    ['relative'],
    ['/srv/../etc'],
    ['/tool'],
  ])('cannot show %s', (path) => {
    expect(fileOf({ read_only: [path] }).success).toBe(false);
    expect(fileOf({ writable: [path] }).success).toBe(false);
  });

  it('name hosts, not patterns or addresses of pages', () => {
    expect(fileOf({ network: ['api.example.org', '10.0.0.5:8443'] }).success).toBe(true);
    for (const host of ['*', '*.example.org', 'https://example.org', 'example.org/path', 'a b']) {
      expect(problem({ network: [host] })).toContain('must be a host');
    }
    expect(fileOf({ network: 'all' }).success).toBe(false);
  });

  it('are bare or confined, not half of each', () => {
    expect(fileOf({ bare: true }).success).toBe(true);
    expect(fileOf({ bare: true, network: 'none' }).success).toBe(false);
    expect(fileOf({ bare: false }).success).toBe(false);
    expect(fileOf({ memry_mb: 5 }).success).toBe(false);
  });
});
