import { VoormanError } from '@voorman/envelope';
import type { OperatorLog } from '@voorman/service';
import type { KeeperReport } from './bundle-keeper.js';

/** What the keeper tells, as lines for the operator. */
export const operatorReport = (log: OperatorLog): KeeperReport => ({
  published: ({ revision, digest, changed, superseded, tests }, changes) =>
    log.info({ revision, digest, tests, changes }, newsOf(changed, superseded ?? false)),
  refused: (fault) => {
    if (fault instanceof VoormanError)
      log.error({ fault: fault.toPublic(), problems: problemsOf(fault) }, fault.message);
    else
      log.error(
        { fault: String(fault), stack: fault instanceof Error ? fault.stack : undefined },
        'Publishing the policy failed.',
      );
  },
  manifestProblems: (problems) => {
    for (const problem of problems) log.error({ problem }, 'A manifest cannot be used; no rule sees it.');
    if (problems.length === 0) log.info('Every manifest can be used again.');
  },
});

const newsOf = (changed: boolean, superseded: boolean): string => {
  if (changed) return 'Published a policy bundle.';
  if (superseded)
    return 'A bundle that was pushed after the folder was published stays in force until the folder changes.';
  return 'The published policy bundle is current.';
};

const problemsOf = (fault: VoormanError): unknown => ('problems' in fault ? fault.problems : undefined);
