import { join } from 'node:path';
import type { JsonObject } from '@voorman/envelope';
import { compileTool, type LoadedTool, type LoadedToolOf, ToolManifest, type ToolType } from '@voorman/registry';
import type { Execution } from '../executor.js';

/**
 * A tool as a registry loads it from a folder, which need not be there.
 * @throws what a registry says of a manifest that is not valid.
 */
export const loadedTool = <Type extends ToolType>(
  type: Type,
  written: Readonly<Record<string, unknown>>,
  folder = '.',
): LoadedToolOf<Type> =>
  ({
    ...ToolManifest.parse({ version: '1.0.0', ...written, type }),
    file: join(folder, 'tool.yaml'),
    folder,
  }) as LoadedToolOf<Type>;

/** The first attempt of a call, as a gateway asks an executor for it. */
export const attemptOf = (tool: LoadedTool, args: JsonObject, more: Partial<Execution> = {}): Execution => ({
  tool: compileTool(tool),
  arguments: args,
  key: 'key-1',
  attempt: 1,
  caller: { tenant: 'acme', session: 's1', agent: 'sre-bot' },
  signal: new AbortController().signal,
  ...more,
});
