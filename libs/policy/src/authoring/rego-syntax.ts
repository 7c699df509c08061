import { PolicyRejectedError } from './errors.js';
import { faultOf, RULES, type RunLimits, runOpa, withoutFolder } from './opa-process.js';
import { type CheckProblem, problemSentence, readCheckReport } from './opa-report.js';
import type { PolicyFile } from './sources.js';

/** A file with the syntax that it is written in: 1 is Rego 1.0, 0 what came before it. */
export interface SyntaxOf {
  readonly path: string;
  readonly rego: 0 | 1;
}

/** Words that Rego of before 1.0 does not have, outside of what an import adds. */
const NEW_WORDS = /\b(if|contains|every)\b|^\s*import\s+rego\.v1\b/m;

/**
 * Finds out by the parser itself which files are written in the older syntax: what Rego 1.0 accepts is Rego 1.0, what only
 * the older one accepts is that. So a file says itself what it is, and none of them has to be changed.
 * @throws {PolicyRejectedError} a file that neither accepts, with what the syntax says that it seems to be written in.
 */
export async function syntaxOf(
  opa: string,
  folder: string,
  files: readonly PolicyFile[],
  limits: RunLimits,
): Promise<SyntaxOf[]> {
  const inNew = await parseProblems(opa, folder, [RULES], limits);
  const unread = files.filter((file) => inNew.has(file.path));
  if (unread.length === 0) return files.map(({ path }) => ({ path, rego: 1 }));
  const inOld = await parseProblems(
    opa,
    folder,
    ['--v0-compatible', ...unread.map((file) => `${RULES}/${file.path}`)],
    limits,
  );
  const problems = unread.flatMap(({ path, text }) => {
    const old = inOld.get(path);
    if (old === undefined) return [];
    return NEW_WORDS.test(text) ? (inNew.get(path) ?? old) : old;
  });
  if (problems.length > 0) throw new PolicyRejectedError(problems.map((each) => withoutFolder(problemSentence(each))));
  return files.map(({ path }) => ({ path, rego: inNew.has(path) ? 0 : 1 }));
}

/** The files that cannot be parsed, with what is wrong in each. */
async function parseProblems(
  opa: string,
  folder: string,
  what: readonly string[],
  limits: RunLimits,
): Promise<Map<string, CheckProblem[]>> {
  const ended = await runOpa(opa, folder, ['check', '--format', 'json', '--max-errors', '100', ...what], limits);
  if (ended.code === 0) return new Map();
  const problems = readCheckReport(ended.stderr);
  if (problems === undefined || problems.length === 0) throw faultOf('check', ended);
  const unread = problems.filter((each) => each.code === 'rego_parse_error' && each.location !== undefined);
  return Map.groupBy(unread, (each) => (each.location?.file ?? '').replace(`${RULES}/`, ''));
}
