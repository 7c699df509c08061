import { text } from 'node:stream/consumers';
import { ToolFailure } from './failure.ts';
import { parseRequest } from './input.ts';
import { verify } from './verification.ts';

/** Arguments on stdin, one JSON document on stdout; exit code 1 with a code and a sentence when it cannot be done. */
async function main(): Promise<void> {
  try {
    const request = parseRequest(await text(process.stdin));
    process.stdout.write(`${JSON.stringify(await verify(request))}\n`);
  } catch (fault) {
    process.exitCode = 1;
    process.stdout.write(`${JSON.stringify({ error: told(fault) })}\n`);
  }
}

function told(fault: unknown): { code: string; message: string } {
  if (fault instanceof ToolFailure) return { code: fault.code, message: fault.message };
  process.stderr.write(`unexpected: ${fault instanceof Error ? fault.message : String(fault)}\n`);
  return { code: 'verify-evidence/internal', message: 'The check stopped on a fault of its own: please report it.' };
}

await main();
