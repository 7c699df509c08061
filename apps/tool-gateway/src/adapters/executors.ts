import { ApiExecutor, type Keyring, MailExecutor, McpExecutor, SqlExecutor, WorldExecutor } from '@voorman/executors';
import type { OperatorLog } from '@voorman/service';
import type { openPrograms } from './programs.js';

type Programs = Awaited<ReturnType<typeof openPrograms>>;

/** An executor for every type of tool; each tells the operator's log what the faults that bots see leave out. */
export function openExecutors(keyring: Keyring, programs: Programs, log: OperatorLog): WorldExecutor {
  const { secrets } = keyring;
  return new WorldExecutor({
    ...programs.executors,
    api: new ApiExecutor({
      ...keyring,
      report: (tool, fault) => log.warn({ tool, err: fault }, 'A call of an endpoint broke off.'),
    }),
    mail: new MailExecutor({
      secrets,
      report: (tool, fault) => log.warn({ tool, err: fault }, 'A mail was not sent.'),
    }),
    mcp: new McpExecutor({
      secrets,
      place: programs.place,
      report: (tool, said) => log.info({ tool, said }, 'An MCP server speaks.'),
    }),
    sql: new SqlExecutor({
      secrets,
      report: (tool, fault) => log.warn({ tool, err: fault }, 'A statement broke off.'),
    }),
  });
}
