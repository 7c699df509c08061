import type { JsonObject } from '@voorman/envelope';
import type { LoadedToolOf } from '@voorman/registry';
import type { Executed, Execution, ExecutorOf, Meaning } from '../executor.js';
import { callEndpoint } from './http-tool.js';

/** Calls HTTP endpoints. */
export class ApiExecutor implements ExecutorOf<LoadedToolOf<'api'>> {
  async meaning(tool: LoadedToolOf<'api'>, _args: JsonObject): Promise<Meaning> {
    return { hosts: [new URL(tool.endpoint).hostname] };
  }

  execute(tool: LoadedToolOf<'api'>, execution: Execution): Promise<Executed> {
    return callEndpoint(tool, execution);
  }

  async stop(): Promise<void> {}
}
