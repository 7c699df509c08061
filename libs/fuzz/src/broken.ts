import type { Executed } from '@voorman/executors';
import type { CompiledTool, LoadedTool } from '@voorman/registry';

/** How an input came to be. A mutated one may be invalid on purpose: the endpoint must refuse it, not break. */
export type Sort = 'valid' | 'mutated';

/** What a tool did wrong. */
export interface Broken {
  readonly kind: 'crash' | 'timeout' | 'server-error' | 'bad-output' | 'no-answer';
  readonly code: string;
  readonly message: string;
}

/** What of a result is the tool's fault; `undefined` for a good output, or a refusal in words. */
export function brokenBy(tool: CompiledTool<LoadedTool>, result: Executed, sort: Sort): Broken | undefined {
  if (result.kind === 'output') {
    const fault = tool.checkOutput(result.output);
    return fault && { kind: 'bad-output', code: fault.code, message: fault.message };
  }
  const { code, message } = result.fault;
  if (code === 'tool/timeout') return { kind: 'timeout', code, message };
  // What its sandbox had to end went beyond its limits.
  if (code === 'tool/ended' || (code.startsWith('sandbox/') && result.kind === 'unknown')) {
    return { kind: 'crash', code, message };
  }
  if (code === 'tool/unreachable' || code === 'tool/connection-lost') return { kind: 'no-answer', code, message };
  const told = code === 'tool/failed' ? statusOrShape(tool.manifest.name, message) : undefined;
  if (told !== undefined) return { kind: told, code, message };
  if (result.kind === 'unknown') return { kind: 'server-error', code, message };
  // A script gets no arguments but valid ones: on others it may stumble.
  if (code.startsWith('script/') && sort === 'valid') return { kind: 'crash', code, message };
  return undefined;
}

/** What an executor says of an answer that cannot be used; a tool's own words begin with other ones. */
function statusOrShape(tool: string, message: string): 'server-error' | 'bad-output' | undefined {
  const said = message.startsWith(`${tool} `) ? message.slice(tool.length + 1) : '';
  if (/^answered with status 5\d\d/.test(said)) return 'server-error';
  return /^(did not answer with JSON|answered without|answered with (?!status))/.test(said) ? 'bad-output' : undefined;
}
