import { text } from 'node:stream/consumers';
import { openAttachments } from './attachment.ts';
import { ToolFailure } from './failure.ts';
import { parseInput } from './input.ts';
import { report } from './report.ts';
import { review } from './review.ts';

/** One call: arguments from standard input, the report or the failure on standard output, exit code 0 or 1. */
try {
  const input = parseInput(await text(process.stdin));
  const { contracts, leftAside } = await openAttachments(input.files);
  print(report(review(contracts, input.question), leftAside));
} catch (fault) {
  process.exitCode = 1;
  if (fault instanceof ToolFailure) print({ error: fault.toPublic() });
  else {
    // A fault of the program itself: its trace is for the operator's log, the caller gets a sentence.
    console.error(fault);
    print({
      error: {
        code: 'review-contract/fault',
        message: 'The review failed by a fault of review_contract itself: its log says more.',
      },
    });
  }
}

function print(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document)}\n`);
}
