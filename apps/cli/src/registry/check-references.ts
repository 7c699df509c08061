import { access, constants, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { gapsBetween, isOwnSetting, type LoadedTool, toJsonSchema } from '@voorman/registry';
import { type Finding, findingsOf } from './tool-finding.js';

const PROGRAM_FILE = /^[\w.@-][\w./@-]*\.([cm]?[jt]s|py|rb|sh|pl|php|jar|wasm)$/;

/** What a tool refers to: files, programs, other tools, secrets. */
export async function checkReferences(
  tool: LoadedTool,
  others: ReadonlyMap<string, LoadedTool>,
): Promise<readonly Finding[]> {
  const found = [...checkFallback(tool, others), ...checkProbe(tool, others), ...checkSecrets(tool)];
  const say = findingsOf(tool.name, 'reference');
  if (tool.type === 'process') found.push(...(await checkCommand(tool.name, tool.command, tool.folder)));
  if (tool.type === 'mcp') {
    if ('command' in tool.server) found.push(...(await checkCommand(tool.name, tool.server.command, tool.folder)));
  }
  if (
    tool.type === 'script' &&
    tool.source_file !== undefined &&
    !(await isFile(join(tool.folder, tool.source_file)))
  ) {
    found.push(say.error(`source_file: there is no ${tool.source_file} in the tool’s folder.`));
  }
  if (tool.type === 'function') {
    found.push(say.note(`Whether the handler ${tool.handler} is registered only the gateway knows.`));
  }
  return found;
}

async function checkCommand(tool: string, command: readonly string[], folder: string): Promise<Finding[]> {
  const say = findingsOf(tool, 'reference');
  const [program = '', ...args] = command;
  const found: Finding[] = [];
  if (program.includes('/')) {
    const path = resolve(folder, program);
    if (!(await isFile(path))) found.push(say.error(`command: there is no program ${program}.`));
    else if (!(await isExecutable(path))) found.push(say.error(`command: ${program} may not be executed (chmod +x).`));
  } else if (program !== 'node' && !(await isOnPath(program))) {
    found.push(say.warning(`command: ${program} is not on the PATH here; it has to be on the gateway’s.`));
  }
  for (const arg of args) {
    if (isAbsolute(arg) || !PROGRAM_FILE.test(arg) || (await isFile(join(folder, arg)))) continue;
    found.push(say.error(`command: there is no ${arg} in the tool’s folder.`));
  }
  return found;
}

/** Whoever stands in for a tool has to give what the tool promises, and to take what it takes. */
function checkFallback(tool: LoadedTool, others: ReadonlyMap<string, LoadedTool>): readonly Finding[] {
  if (tool.fallback === undefined) return [];
  const say = findingsOf(tool.name, 'reference');
  const stand = others.get(tool.fallback);
  if (stand === undefined) return [say.error(`fallback: there is no tool ${tool.fallback}.`)];
  const way = [tool.name];
  for (let next: LoadedTool | undefined = stand; next !== undefined; next = others.get(next.fallback ?? '')) {
    if (way.includes(next.name))
      return [say.error(`fallback: it leads in a circle (${[...way, next.name].join(' → ')}).`)];
    way.push(next.name);
  }
  const output = (one: LoadedTool) => toJsonSchema(one.schema.output, 'output');
  const input = (one: LoadedTool) => toJsonSchema(one.schema.input, 'input');
  const found: Finding[] = [];
  const gaps = gapsBetween(output(stand), output(tool));
  if (gaps.length > 0) {
    found.push(say.error(`fallback: ${stand.name} may answer what ${tool.name} does not promise, at ${places(gaps)}.`));
  }
  const refused = gapsBetween(input(tool), input(stand));
  if (refused.length > 0) {
    found.push(
      say.warning(`fallback: ${stand.name} does not take every input of ${tool.name}, at ${places(refused)}.`),
    );
  }
  return found;
}

function checkProbe(tool: LoadedTool, others: ReadonlyMap<string, LoadedTool>): readonly Finding[] {
  if (tool.probe === undefined) return [];
  const say = findingsOf(tool.name, 'reference');
  const probe = others.get(tool.probe.tool);
  if (probe === undefined) return [say.error(`probe: there is no tool ${tool.probe.tool}.`)];
  const found: Finding[] = [];
  if (probe.effect !== 'read')
    found.push(say.error(`probe: ${probe.name} has the effect ${probe.effect}; a probe only reads.`));
  const answer = { type: 'object', properties: { happened: { type: 'boolean' } }, required: ['happened'] };
  if (gapsBetween(toJsonSchema(probe.schema.output, 'output'), answer).length > 0) {
    found.push(say.error(`probe: the output of ${probe.name} does not promise happened: boolean.`));
  }
  if (tool.effect !== 'once') found.push(say.note('probe: only calls of effect once are ever in doubt.'));
  return found;
}

/** That a reference is well-formed its schema says; here, that it leads to nobody else's key. */
function checkSecrets(tool: LoadedTool): readonly Finding[] {
  const say = findingsOf(tool.name, 'reference');
  const found: Finding[] = [];
  const look = (value: unknown, at: string): void => {
    if (typeof value !== 'object' || value === null) return;
    const { env } = value as { readonly env?: unknown };
    if (typeof env === 'string' && isOwnSetting(env)) {
      found.push(say.error(`${at}: ${env} is a setting of the gateway itself, which no tool may read.`));
    }
    for (const [key, inner] of Object.entries(value)) look(inner, at === '' ? key : `${at}.${key}`);
  };
  for (const key of ['secrets', 'tls', 'connection', 'smtp', 'server'] as const) {
    look((tool as Readonly<Record<string, unknown>>)[key], key);
  }
  return found;
}

const places = (gaps: readonly { readonly at: string }[]): string =>
  [...new Set(gaps.map(({ at }) => at || 'the top'))].slice(0, 5).join(', ');

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

async function isOnPath(program: string): Promise<boolean> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (folder !== '' && (await isExecutable(join(folder, program)))) return true;
  }
  return false;
}
