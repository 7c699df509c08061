import type { Rule } from './finding.ts';
import { accessWidened } from './rules/access.ts';
import { acquiredForGood } from './rules/acquisition.ts';
import { concurrencyChanged } from './rules/concurrency.ts';
import { configurationChanged } from './rules/configuration.ts';
import { dependencyChanged } from './rules/dependency.ts';
import { testDisabled } from './rules/disabled-test.ts';
import { errorHandlingRemoved } from './rules/error-handling.ts';
import { leftOver } from './rules/left-over.ts';
import { limitChanged } from './rules/limit.ts';
import { limitRemoved } from './rules/lost-limit.ts';
import { migrationRisky } from './rules/migration.ts';
import { awaitDropped } from './rules/missing-await.ts';
import { releaseLost } from './rules/release.ts';
import { secretAdded } from './rules/secret.ts';
import { sqlBuilt } from './rules/sql-injection.ts';
import { errorSwallowed } from './rules/swallowed-error.ts';
import { tlsDisabled } from './rules/tls.ts';

/**
 * Every rule. The order matters where two rules see the same line of the diff: the earlier one explains it better, and
 * the later one stays silent about it.
 */
export const rules: readonly Rule[] = [
  secretAdded,
  releaseLost,
  awaitDropped,
  tlsDisabled,
  accessWidened,
  sqlBuilt,
  migrationRisky,
  limitChanged,
  limitRemoved,
  errorHandlingRemoved,
  errorSwallowed,
  acquiredForGood,
  concurrencyChanged,
  dependencyChanged,
  testDisabled,
  configurationChanged,
  leftOver,
];
