import type { Boundary, Recorded } from '@voorman/envelope';
import type { Log } from '@voorman/log';

/** The first record is the first that is asked for; behind refused messages of the same name it is a later one. */
const FIRST = 1;
const MORE = 100;

/**
 * The first request of a task in a boundary. `none`: there is none, as the leader knows; `undefined`: the replica that
 * answered is behind.
 * @throws what `Log.read` and `Log.last` throw.
 */
export async function firstRequest(
  log: Pick<Log, 'last' | 'read'>,
  boundary: Boundary,
): Promise<Recorded<'task-requested'> | 'none' | undefined> {
  for (let after = 0, limit = FIRST; ; limit = MORE) {
    const { records } = await log.read(boundary, after, limit);
    const first = records.find((each): each is Recorded<'task-requested'> => each.type === 'task-requested');
    if (first !== undefined) return first;
    const last = records.at(-1);
    if (last === undefined) return (await log.last(boundary)) <= after ? 'none' : undefined;
    after = last.position;
  }
}
