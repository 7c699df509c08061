import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const conditions = ['@voorman/source', 'module', 'node'];

// The condition lets a test read the sources of sibling packages, so tests need no build.
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['src/**/*.spec.ts'],
    environment: 'node',
    setupFiles: [join(import.meta.dirname, 'scripts/property-seed.ts')],
    pool: 'forks',
    testTimeout: 30_000,
    // What comes true comes at once; how late it may come says how busy a machine may be.
    expect: { poll: { timeout: 15_000, interval: 20 } },
    hookTimeout: 60_000,
    passWithNoTests: false,
  },
});
