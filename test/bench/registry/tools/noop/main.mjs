// Answers every line at once: {"id","arguments"} in, {"id","output"} out; what came together is answered together.
const answered = (line) => {
  const { id, arguments: args } = JSON.parse(line);
  return `${JSON.stringify({ id, output: { n: args.n } })}\n`;
};

let rest = '';
process.stdin.setEncoding('utf8').on('data', (chunk) => {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop();
  if (lines.length > 0) process.stdout.write(lines.map(answered).join(''));
});
