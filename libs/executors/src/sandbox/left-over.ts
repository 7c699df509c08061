import { readdirSync, readFileSync, statSync } from 'node:fs';

/** A room takes milliseconds to build; one that is half built after this long never will be. Milliseconds. */
const HALF_BUILT_MS = 10_000;

/**
 * Ends rooms that were half built when their gateway was killed: bubblewrap's child then waits for ever to be told that
 * its users are known, before it has promised to die with its parent. Nothing ever runs in such a room.
 * @returns how many there were.
 */
export function endHalfBuiltRooms(bwrap: string, olderThanMs = HALF_BUILT_MS): number {
  let ended = 0;
  for (const pid of readdirSync('/proc').map(Number)) {
    if (!(pid > 0) || !isHalfBuilt(pid, bwrap, olderThanMs)) continue;
    try {
      process.kill(pid, 'SIGKILL');
      ended += 1;
    } catch {
      // It ended in this moment, or it is another user's, who has a gateway of their own.
    }
  }
  return ended;
}

/** Started as we start it, first of its own processes, and with no user known to it. */
function isHalfBuilt(pid: number, bwrap: string, olderThanMs: number): boolean {
  try {
    const folder = `/proc/${pid}`;
    if (readFileSync(`${folder}/cmdline`, 'utf8').split('\0', 1)[0] !== bwrap) return false;
    const isFirst = /^NSpid:.*\s1$/m.test(readFileSync(`${folder}/status`, 'utf8'));
    const isOld = Date.now() - statSync(folder).ctimeMs >= olderThanMs;
    return isFirst && isOld && readFileSync(`${folder}/uid_map`, 'utf8').trim() === '';
  } catch {
    // It ended while we looked.
    return false;
  }
}
