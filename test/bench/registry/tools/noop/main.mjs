// Answers every line at once: {"id","arguments"} in, {"id","output"} out.
import { createInterface } from 'node:readline';

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, arguments: args } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify({ id, output: { n: args.n } })}\n`);
});
