import { type FuzzReport, fuzz } from '@voorman/fuzz';
import { compileTool, type LoadedTool } from '@voorman/registry';
import { UsageError } from '../errors.js';
import type { DataFolder } from '../stack/data-folder.js';
import { openExecutors } from './local-executors.js';

/** What is to be tried, how often, and what it may touch. */
export interface Fuzzing {
  readonly data: DataFolder;
  /** Registry folders, which may define sandbox profiles. */
  readonly folders: readonly string[];
  readonly count: number;
  readonly seed: number;
  readonly parallel: number;
  /** Whether a tool that changes the world may be tried. */
  readonly allowEffects: boolean;
  readonly progress: (tried: number) => void;
  /** Hears what tools say beside their answers; the same words once. */
  readonly say: (tool: string, said: string) => void;
}

/** Tries one tool on this machine. @throws {UsageError} it changes the world, and nobody agreed to that. */
export async function fuzzTool(tool: LoadedTool, options: Fuzzing): Promise<FuzzReport> {
  if (tool.effect !== 'read' && !options.allowEffects) {
    throw new UsageError(
      `${tool.name} has the effect ${tool.effect}: ${options.count} tries would leave as many traces in the world.`,
      'Point its manifest at a test system, then repeat the command with --allow-effects.',
    );
  }
  const { data, folders, count, seed, parallel, progress, say } = options;
  const heard = new Set<string>();
  const { executor, stop } = await openExecutors(data, folders, (name, said) => {
    if (heard.size < 20 && !heard.has(said)) say(name, said);
    heard.add(said);
  });
  try {
    return await fuzz(compileTool(tool), executor, { count, seed, parallel, progress });
  } finally {
    await stop();
  }
}
