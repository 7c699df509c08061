// Tries to read a path, and says what came of it: a sandbox that holds shows nothing of the machine.
import { readdir, readFile, stat } from 'node:fs/promises';

let input = '';
for await (const chunk of process.stdin) input += chunk;
const { path } = JSON.parse(input);
try {
  const what = await stat(path);
  const found = what.isDirectory() ? await readdir(path) : await readFile(path);
  console.log(JSON.stringify({ path, readable: true, why: `it holds ${found.length}` }));
} catch (fault) {
  console.log(JSON.stringify({ path, readable: false, why: String(fault.code) }));
}
