// Packages that the executors of tools use, or are tested with: this example installs none of its own.
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export const ROOT = resolve(import.meta.dirname, '..', '..', '..');

const { resolve: find } = createRequire(join(ROOT, 'libs', 'executors', 'package.json'));

/** A package as libs/executors sees it. */
export const ofExecutors = (name) => import(pathToFileURL(find(name)).href);
