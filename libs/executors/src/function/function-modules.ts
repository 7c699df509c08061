import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FunctionHandler } from './function-executor.js';

/** A module that cannot be used, for the operator. */
export interface ModuleProblem {
  readonly file: string;
  readonly code: 'function/unusable-module';
  readonly message: string;
  readonly next: string;
}

/**
 * Loads the functions of modules that each export `functions`, an object of handlers by name. A module that cannot be
 * used is a problem; its functions are then unknown, and the others stay. Of two functions with one name the first counts.
 * @param files paths of ES modules. They run in this process: they are trusted like the gateway itself.
 */
export async function loadFunctions(files: readonly string[]): Promise<{
  readonly handlers: ReadonlyMap<string, FunctionHandler>;
  readonly problems: readonly ModuleProblem[];
}> {
  const handlers = new Map<string, FunctionHandler>();
  const problems: ModuleProblem[] = [];
  const unusable = (file: string, why: string) =>
    problems.push({
      file,
      code: 'function/unusable-module',
      message: `The module ${file} ${why}.`,
      next: 'Let VOORMAN_FUNCTIONS name modules that export `functions`, an object of functions by name.',
    });
  for (const file of files) {
    let exported: unknown;
    try {
      exported = await import(pathToFileURL(resolve(file)).href);
    } catch (fault) {
      unusable(file, `cannot be loaded (${fault instanceof Error ? fault.message : String(fault)})`);
      continue;
    }
    const functions = (exported as { functions?: unknown }).functions;
    if (functions === null || typeof functions !== 'object') {
      unusable(file, 'exports no functions');
      continue;
    }
    for (const [name, handler] of Object.entries(functions)) {
      if (typeof handler !== 'function') unusable(file, `exports ${name}, which is no function`);
      else if (handlers.has(name)) unusable(file, `exports ${name}, which an earlier module exports too`);
      else handlers.set(name, handler as FunctionHandler);
    }
  }
  return { handlers, problems };
}
