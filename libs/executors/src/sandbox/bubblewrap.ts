import { lstatSync, readlinkSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { ConfinedProfile } from './profile.js';

/** Where things lie for a program in a sandbox. */
export const INSIDE = {
  tool: '/tool',
  node: '/node/bin/node',
  attachments: '/attachments',
  egress: '/egress',
} as const;

/** The user inside: nobody, on every system. */
export const NOBODY = 65_534;

/** What one sandbox shows and allows. */
export interface Room {
  readonly profile: ConfinedProfile;
  /** The tool's folder, shown read-only at /tool. */
  readonly folder: string;
  /** The Node binary, shown at /node/bin/node. */
  readonly node: string;
  /** Files of the host, each shown read-only at /attachments/<its name>. */
  readonly attachments: readonly string[];
  /** The folder with the socket of the proxy and the program that leads to it; absent without network. */
  readonly egress?: { readonly socketFolder: string; readonly relay: string };
  /** Residents use processor time for as long as they live. */
  readonly isResident: boolean;
  readonly command: readonly string[];
}

/** Descriptors that the filter, and what root needs besides, arrive on. */
export const FILTER_FD = 3;
export const READY_FD = 4;
export const CHILD_FD = 5;

/**
 * The words that start a program in its room.
 * @param asRoot the gateway is root. Then the room is furnished by root, who can read everything that is shown, and the
 *   program itself is started as nobody: a program whose user is the host's root could change kernel settings under
 *   /proc/sys, which no namespace covers. Root has to write the room's user map by hand (see `mapUsers`).
 */
export function bubblewrapArguments(room: Room, asRoot: boolean, lastTaken: number): string[] {
  const identity = asRoot
    ? [
        ...[
          '--uid',
          '0',
          '--gid',
          '0',
          '--cap-add',
          'CAP_SETUID',
          '--cap-add',
          'CAP_SETGID',
          '--cap-add',
          'CAP_SETPCAP',
        ],
        ...['--userns-block-fd', String(READY_FD), '--info-fd', String(CHILD_FD)],
      ]
    : ['--uid', String(NOBODY), '--gid', String(NOBODY), '--disable-userns'];
  const asNobody = asRoot
    ? [
        ...['/usr/bin/setpriv', '--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups'],
        ...['--inh-caps=-all', '--bounding-set=-all'],
      ]
    : [];
  return [
    ...['--unshare-all', '--unshare-user', '--hostname', 'sandbox', '--cap-drop', 'ALL', ...identity],
    ...['--die-with-parent', '--new-session', '--seccomp', String(FILTER_FD)],
    ...systemFolders(),
    ...['--proc', '/proc', '--dev', '/dev'],
    ...temporary('/tmp', room.profile.tmp_mb),
    // Of its own size, since a memory file is as good as memory.
    ...temporary('/dev/shm', Math.min(room.profile.tmp_mb, 16)),
    ...shown('--ro-bind', room.folder, INSIDE.tool),
    ...shown('--ro-bind', room.node, INSIDE.node),
    ...room.attachments.flatMap((path) => shown('--ro-bind', path, `${INSIDE.attachments}/${basename(path)}`)),
    ...(room.egress ? shown('--ro-bind', room.egress.socketFolder, `${INSIDE.egress}/socket`) : []),
    ...(room.egress ? shown('--ro-bind', room.egress.relay, `${INSIDE.egress}/${basename(room.egress.relay)}`) : []),
    ...room.profile.read_only.flatMap((path) => shown('--ro-bind', path, path)),
    ...room.profile.writable.flatMap((path) => shown('--bind', path, path)),
    // What bubblewrap makes for us lies in memory and is writable until we say otherwise.
    ...['--remount-ro', '/dev', '--remount-ro', '/', '--chdir', INSIDE.tool, '--'],
    ...asNobody,
    ...limits(room.profile, room.isResident, lastTaken),
    ...room.command,
  ];
}

/** Limits are set inside: processes are then counted by sandbox, not by user. */
function limits(profile: ConfinedProfile, isResident: boolean, lastTaken: number): string[] {
  const { cpu_seconds: cpu, file_mb: file, memory_mb: memory, processes, open_files: files } = profile;
  return [
    ...[
      '/usr/bin/prlimit',
      '--core=0',
      `--nproc=${processes}`,
      `--nofile=${files + lastTaken}`,
      `--fsize=${file * MB}`,
    ],
    // What a program may write to, not what it reserves: Node reserves far more than it ever uses.
    `--data=${(memory + UNUSED_MB) * MB}`,
    ...(isResident ? [] : [`--cpu=${cpu}:${cpu + 1}`]),
    '--',
  ];
}

const MB = 2 ** 20;
/** What counts as data and is hardly touched: Node sets 512 MB aside for code alone, and stacks besides. */
const UNUSED_MB = 768;

/** /usr, the links into it, and what the dynamic linker and Debian's alternatives read. */
function systemFolders(): string[] {
  const links = ['/bin', '/sbin', '/lib', '/lib32', '/lib64'].flatMap((path) => {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found?.isSymbolicLink()) return ['--symlink', readlinkSync(path), path];
    return found === undefined ? [] : ['--ro-bind', path, path];
  });
  const settings = ['/etc/ld.so.cache', '/etc/alternatives', '/etc/localtime', '/etc/ssl/certs'];
  return [
    ...['--ro-bind', '/usr', '/usr', ...links],
    ...settings.flatMap((path) => shown('--ro-bind-try', path, path)),
  ];
}

const temporary = (path: string, megabytes: number): string[] => [
  ...['--perms', '1777', '--size', String(megabytes * MB), '--tmpfs', path],
];

/** A mount, with the folders above it open to everybody: those that bubblewrap makes itself are closed to nobody. */
const shown = (how: string, from: string, to: string): string[] => [...foldersAbove(to), how, from, to];

function foldersAbove(path: string): string[] {
  const above = dirname(path);
  return above === '/' || above === '/tmp' ? [] : [...foldersAbove(above), '--perms', '0755', '--dir', above];
}
