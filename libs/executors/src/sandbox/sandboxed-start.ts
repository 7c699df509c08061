import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import type { Fault } from '@voorman/envelope';
import {
  killGroup,
  type Overheard,
  type ProcessManifest,
  type ProgramEnding,
  type ProgramStart,
  programEnv,
} from '../process/program-start.js';
import { notStarted } from '../tool-faults.js';
import { bubblewrapArguments, CHILD_FD, FILTER_FD, INSIDE, NOBODY, READY_FD, type Room } from './bubblewrap.js';
import { ISOLATED } from './profile.js';
import { notSetUp, tooManyFiles, tooMuchCpu, tooMuchMemory, unreadable } from './sandbox-faults.js';
import { type Exceeded, MAX_TMP_FILES, watchSandbox } from './watch.js';

/** What starting in a sandbox takes besides the room itself. */
export interface Builder {
  readonly bwrap: string;
  /** The seccomp program. */
  readonly filter: Buffer;
  readonly asRoot: boolean;
  /** What the gateway was started with and would hand on: see `inheritedDescriptors`. */
  readonly inherited: readonly number[];
  /** An open /dev/null. */
  readonly nothing: number;
  readonly overheard: Overheard;
}

/** Environment that a room adds to what the manifest names, such as the address of a proxy. */
export type RoomEnv = Readonly<Record<string, string>>;

/** A fault where the program's files are closed to the user that it would run as. */
export function closedToNobody(manifest: ProcessManifest): Fault | undefined {
  const isOpen = (statSync(manifest.folder).mode & 0o005) === 0o005 && (statSync(manifest.file).mode & 0o004) === 0o004;
  return isOpen ? undefined : unreadable(manifest.name);
}

/** Starts programs in a room of their own. Each start builds the room anew: nothing of it outlives the program. */
export function sandboxedStart(manifest: ProcessManifest, room: Room, env: RoomEnv, builder: Builder): ProgramStart {
  const { profile } = room;
  return {
    timeoutMs: Math.min(manifest.timeout_ms, (profile.seconds ?? Number.POSITIVE_INFINITY) * 1_000),
    start: () => {
      let exceeded: Exceeded | undefined;
      let said = '';
      const child = spawnIn(room, roomEnv(manifest, profile.memory_mb, env), builder);
      const kill = () => killGroup(child.pid);
      child.stderr.on('data', (chunk: Buffer) => {
        if (said.length < 4_096) said += chunk.toString('utf8');
      });
      if (child.pid !== undefined) {
        const rest = watchSandbox(child.pid, profile, room.isResident, (what) => {
          exceeded = what;
          kill();
        });
        child.once('close', rest);
      }
      return { child, kill, ending: (code) => endingOf(manifest.name, room, { exceeded, said, code }) };
    },
  };
}

/** Builds a room and leaves it again. @returns what bubblewrap says where that fails. */
export function tryRoom(builder: Builder): Promise<string | undefined> {
  const room = { profile: ISOLATED, folder: '/usr/bin', node: process.execPath, attachments: [], isResident: false };
  return new Promise((resolve) => {
    const child = spawnIn({ ...room, command: ['/usr/bin/true'] }, { PATH: '/usr/bin' }, builder);
    const tooLong = setTimeout(() => killGroup(child.pid), TRIAL_MS);
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
    child.on('error', (fault) => {
      said ||= fault.message;
    });
    child.on('close', (code) => {
      clearTimeout(tooLong);
      resolve(code === 0 ? undefined : said.split('\n')[0] || `it ended with code ${code}`);
    });
  });
}

/** How long the trial may take. */
const TRIAL_MS = 10_000;

/** Nothing of the gateway's environment but what the manifest names; home is the room's own /tmp. */
const roomEnv = (manifest: ProcessManifest, memoryMb: number, more: RoomEnv): NodeJS.ProcessEnv => ({
  HOME: '/tmp',
  TMPDIR: '/tmp',
  LANG: 'C.UTF-8',
  // Node would count on the whole machine's memory, and be ended where it could have tidied up.
  NODE_OPTIONS: `--max-old-space-size=${Math.floor(memoryMb * 0.75)}`,
  ...programEnv(manifest, process.env),
  PATH: '/node/bin:/usr/local/bin:/usr/bin:/bin',
  ...more,
});

function spawnIn(room: Room, env: NodeJS.ProcessEnv, builder: Builder): ChildProcessWithoutNullStreams {
  const [program = '', ...args] = room.command;
  const command = [program === 'node' ? INSIDE.node : program, ...args];
  const words = bubblewrapArguments({ ...room, command }, builder.asRoot, builder.inherited.at(-1) ?? 0);
  const own = ['pipe', 'pipe', 'pipe', 'pipe', ...(builder.asRoot ? (['pipe', 'pipe'] as const) : [])] as const;
  const child = spawn(builder.bwrap, words, {
    env,
    cwd: '/',
    stdio: [...own, ...covers(own.length, builder)],
    detached: true,
  }) as ChildProcessWithoutNullStreams;
  const filter = child.stdio[FILTER_FD] as Duplex | undefined;
  // A bubblewrap that ended early is told by its exit.
  filter?.on('error', () => undefined);
  filter?.end(builder.filter);
  if (builder.asRoot) mapUsers(child, room, builder.overheard);
  return child;
}

/** What lies on top of every open file that the gateway was started with and would hand on. */
function covers(from: number, { inherited, nothing }: Builder): number[] {
  const last = inherited.at(-1) ?? 0;
  return Array.from({ length: Math.max(0, last + 1 - from) }, () => nothing);
}

/** Makes root and nobody of the host root and nobody of the room, once bubblewrap waits for that. */
function mapUsers(child: ChildProcessWithoutNullStreams, room: Room, overheard: Overheard): void {
  const from = child.stdio[CHILD_FD as 3] as Duplex | undefined;
  const ready = child.stdio[READY_FD] as Duplex | undefined;
  ready?.on('error', () => undefined);
  let text = '';
  from?.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
    const pid = /"child-pid":\s*(\d+)\s*[,}]/.exec(text)?.[1];
    if (pid === undefined) return;
    from.removeAllListeners('data');
    from.resume();
    const map = `0 0 1\n${NOBODY} ${NOBODY} 1\n`;
    try {
      writeFileSync(`/proc/${pid}/uid_map`, map);
      writeFileSync(`/proc/${pid}/gid_map`, map);
      // The room keeps its end open, which then leads nowhere.
      ready?.write('.', () => ready.destroy());
    } catch (fault) {
      overheard(room.folder, `its sandbox: ${fault instanceof Error ? fault.message : String(fault)}`);
      killGroup(child.pid);
    }
  });
}

function endingOf(
  tool: string,
  { profile }: Room,
  { exceeded, said, code }: { exceeded: Exceeded | undefined; said: string; code: number | null },
): ProgramEnding | undefined {
  if (exceeded === 'memory') return { fault: tooMuchMemory(tool, profile.memory_mb), begun: true };
  if (exceeded === 'files') return { fault: tooManyFiles(tool, MAX_TMP_FILES), begun: true };
  if (exceeded === 'cpu' || code === CPU_LIMIT) return { fault: tooMuchCpu(tool, profile.cpu_seconds), begun: true };
  // A program could write the same; it would then deny that it ran, which it may say in better words anyway.
  if (code === 1 && said.startsWith('bwrap: ')) return { fault: notSetUp(tool), begun: false };
  if ((code === 126 || code === 127) && said.startsWith('prlimit: ')) return { fault: notStarted(tool), begun: false };
  return undefined;
}

/** How a shell tells SIGXCPU. */
const CPU_LIMIT = 128 + 24;
