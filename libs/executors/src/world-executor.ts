import type { Fault, JsonObject } from '@voorman/envelope';
import type { LoadedTool, LoadedToolOf, ToolType } from '@voorman/registry';
import type { Executed, Execution, ExecutorOf, Meaning, ToolExecutor } from './executor.js';
import { failed } from './tool-answer.js';
import { noExecutor } from './tool-faults.js';

/** What carries out each type of tool here. A type that is left out is refused. */
export type Executors = { readonly [T in ToolType]?: ExecutorOf<LoadedToolOf<T>> };

/** Hands each call to whoever carries out tools of its type. */
export class WorldExecutor implements ToolExecutor {
  constructor(private readonly executors: Executors) {}

  /** What the arguments mean, or why that cannot be said, which refuses the call. */
  async meaning(tool: LoadedTool, args: JsonObject): Promise<Meaning | { readonly fault: Fault }> {
    return this.#of(tool)?.meaning(tool, args) ?? { fault: noExecutor(tool.name, tool.type) };
  }

  async execute(execution: Execution): Promise<Executed> {
    const tool = execution.tool.manifest;
    return this.#of(tool)?.execute(tool, execution) ?? failed(noExecutor(tool.name, tool.type), 0, false);
  }

  /** Ends what the executors hold. */
  async stop(): Promise<void> {
    await Promise.all(Object.values(this.executors).map((executor) => executor.stop()));
  }

  /** The executor of the tool's own type, which is the one that takes it. */
  #of<Tool extends LoadedTool>(tool: Tool): ExecutorOf<Tool> | undefined {
    return this.executors[tool.type] as ExecutorOf<Tool> | undefined;
  }
}
