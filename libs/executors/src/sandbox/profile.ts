import { isAbsolute, normalize } from 'node:path';
import { z } from 'zod';

const Folder = z
  .string()
  .min(1)
  .max(4_096)
  .refine((path) => isAbsolute(path) && normalize(path) === path, 'must be an absolute path without . and ..')
  .refine((path) => !RESERVED.some((own) => path === own || path.startsWith(`${own}/`)) && path !== '/', {
    error: 'must not be /, nor lie where the sandbox has something of its own (/proc, /dev, /sys, /usr, /tool, …)',
  });

/** What the sandbox itself puts there. */
const RESERVED = ['/proc', '/dev', '/sys', '/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/tool', '/node'];

const Host = z
  .string()
  .max(300)
  .regex(
    /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:\d{1,5})?$/,
    'must be a host such as api.example.org or 10.0.0.5:8443; without a port, 443 is meant',
  );

const Bare = z.strictObject({
  bare: z.literal(true).describe('no sandbox at all: the program may do what the gateway’s user may'),
});

const Confined = z.strictObject({
  network: z
    .union([z.literal('none'), z.array(Host).min(1).max(100)], {
      error: (issue) => (Array.isArray(issue.input) ? undefined : 'must be none, or a list of hosts'),
    })
    .default('none')
    .describe('none, or the hosts that it reaches over HTTP and HTTPS'),
  read_only: z.array(Folder).max(50).default([]).describe('folders of the host that it may read, at the same path'),
  writable: z.array(Folder).max(50).default([]).describe('folders of the host that it may write, at the same path'),
  memory_mb: z.int().min(64).max(65_536).default(1_024).describe('of all its processes together, beside /tmp'),
  cpu_seconds: z.int().min(1).max(86_400).default(120).describe('of all processes of one call; not for residents'),
  file_mb: z.int().min(1).max(65_536).default(64).describe('the largest file that it may write'),
  processes: z.int().min(16).max(4_096).default(64).describe('processes and threads at once; Node needs about 11'),
  open_files: z.int().min(16).max(65_536).default(256).describe('of each process'),
  tmp_mb: z.int().min(1).max(65_536).default(64).describe('size of its /tmp, which lies in memory'),
  seconds: z.int().min(1).max(3_600).optional().describe('for one call; the manifest’s timeout_ms where that is less'),
});

/** What a program may use, and what it may see. */
export const SandboxProfile = z.union([Bare, Confined]);
export type SandboxProfile = z.infer<typeof SandboxProfile>;
export type ConfinedProfile = z.infer<typeof Confined>;

/** The profile of a program for which policy names none, where no file says otherwise: nothing but its own folder. */
export const ISOLATED: ConfinedProfile = Confined.parse({});

/** As policy names it in the obligation `sandbox`. */
const ProfileName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be a name of small letters, digits and hyphens, at most 64');

/** The file `sandboxes.yaml` of a registry. */
export const SandboxFile = z.strictObject({
  default: ProfileName.default('isolated').describe('the profile of programs for which policy names none'),
  profiles: z.record(ProfileName, SandboxProfile).default({}),
});
export type SandboxFile = z.infer<typeof SandboxFile>;

/** Profiles by name, and which one holds where policy names none. */
export class Sandboxes {
  constructor(private readonly file: SandboxFile) {}

  /** @returns undefined for a name that nobody defined: then nothing runs. */
  profile(name = this.file.default): SandboxProfile | undefined {
    // Policy's word may be the name of something that every object has.
    if (Object.hasOwn(this.file.profiles, name)) return this.file.profiles[name];
    return name === 'isolated' ? ISOLATED : undefined;
  }

  get names(): readonly string[] {
    return [...new Set(['isolated', ...Object.keys(this.file.profiles)])].sort();
  }
}
