import { describe, expect, it } from 'vitest';
import { says } from '../testing/change.ts';
import { configurationChanged } from './configuration.ts';

describe('changed configuration', () => {
  it('tells values before and after, settings that are gone, and newly read environment variables', () => {
    expect(says(configurationChanged, 'app.yaml', ' log:\n-  level: info\n+  level: debug')).toEqual([
      'low: `log.level` goes from `info` to `debug`.',
    ]);
    expect(says(configurationChanged, 'app.yaml', '-region: eu\n other: 1')).toEqual([
      'low: `region` is no longer set; its default applies.',
    ]);
    expect(says(configurationChanged, 'a.ts', '+const url = process.env.SHOP_URL;')).toEqual([
      expect.stringContaining('`SHOP_URL`'),
    ]);
  });

  it('is none for new settings, comments, groups, tools of development, and variables that were read before', () => {
    expect(says(configurationChanged, 'app.yaml', '+region: eu\n+# note\n+group:')).toEqual([]);
    expect(says(configurationChanged, 'tsconfig.json', '-"strict": false\n+"strict": true')).toEqual([]);
    expect(says(configurationChanged, 'a.ts', '-f(process.env.SHOP_URL);\n+g(process.env.SHOP_URL);')).toEqual([]);
  });
});
