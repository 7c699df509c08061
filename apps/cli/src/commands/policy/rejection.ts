import { PolicyRejectedError } from '@voorman/policy/authoring';
import { EXIT } from '../../errors.js';
import type { Terminal } from '../../output/terminal.js';

/** Does something with a policy; one that is wrong is told in full, one line for each problem. */
export async function orRejected(terminal: Terminal, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (fault) {
    if (!(fault instanceof PolicyRejectedError)) throw fault;
    const { code, next, message } = fault.toPublic();
    terminal.document({ ok: false, problems: fault.problems, error: { code, message, next } });
    for (const problem of fault.problems) terminal.note(problem);
    terminal.note(next);
    return EXIT.badInput;
  }
}
