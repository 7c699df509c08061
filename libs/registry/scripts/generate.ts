// Writes docs/protocol, docs/errors.md and docs/policy-input.md from the compiled schemas and the sources. With --check it writes nothing and
// exits 1 where a file is not what it would write.
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { policyInputGuide } from '../../policy/dist/input-guide.js';
import { errorCatalogue, errorsIn, fieldTable, protocolDocuments } from '../dist/protocol/index.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const protocol = join(root, 'docs/protocol');
const isCheck = process.argv.includes('--check');

const sourceFolders = ['libs/*/src', 'apps/*/src', 'scripts/tools/src', 'deploy/registry/tools/*/src'];
const isProduct = (path: string): boolean => !/\.(spec|contract)\.ts$|\/testing\//.test(path);
const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // what is not there differs from whatever it should say
  }
};

const sources = sourceFolders
  .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }))
  .map((path) => path.replaceAll('\\', '/'))
  .filter(isProduct)
  .sort();
const errors = errorsIn(new Map(sources.map((path) => [path, readFileSync(join(root, path), 'utf8')])));
const sample = readFileSync(join(protocol, 'outside-publisher.mjs'), 'utf8');
const files = new Map([
  ...[...protocolDocuments(sample)].map(([path, text]): [string, string] => [join('docs/protocol', path), text]),
  ['docs/errors.md', errorCatalogue(errors)],
  ['docs/policy-input.md', policyInputGuide(fieldTable)],
]);
const left = globSync('records/*.schema.json', { cwd: protocol })
  .map((path) => join('docs/protocol', path))
  .filter((path) => !files.has(path));
const drifted = [...files].filter(([path, text]) => textOf(join(root, path)) !== text).map(([path]) => path);

if (isCheck && drifted.length + left.length > 0) {
  console.error(
    `These files are not what the sources say: ${[...drifted, ...left].join(', ')}. Run npm run protocol and commit them.`,
  );
  process.exit(1);
}
if (!isCheck) {
  for (const path of left) rmSync(join(root, path));
  for (const path of drifted) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), files.get(path) ?? '');
  }
}
console.log(
  `${files.size} files say what the sources say${isCheck || drifted.length === 0 ? '' : `; ${drifted.length} were written`}.`,
);
