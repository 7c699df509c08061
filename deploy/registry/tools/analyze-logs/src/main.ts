import { text } from 'node:stream/consumers';
import { ToolFailure } from './failure.ts';
import { parseRequest } from './input.ts';
import { readLogs } from './reading.ts';
import { reportOn } from './report.ts';

const progress = (line: string) => process.stderr.write(`${line}\n`);

/** Arguments on stdin, one JSON document on stdout; exit code 1 with a code and a sentence when it cannot be done. */
async function main(): Promise<void> {
  try {
    const request = parseRequest(await text(process.stdin));
    const reading = await readLogs(request, Date.now(), progress);
    process.stdout.write(`${JSON.stringify(await reportOn(reading, request.question))}\n`);
  } catch (fault) {
    process.exitCode = 1;
    process.stdout.write(`${JSON.stringify({ error: told(fault) })}\n`);
  }
}

function told(fault: unknown): { code: string; message: string } {
  if (fault instanceof ToolFailure) return { code: fault.code, message: fault.message };
  progress(`unexpected: ${fault instanceof Error ? fault.message : String(fault)}`);
  return { code: 'analyze-logs/internal', message: 'The analysis stopped on a fault of its own: please report it.' };
}

await main();
