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
    hookTimeout: 60_000,
    passWithNoTests: false,
  },
});
