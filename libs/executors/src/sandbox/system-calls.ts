/**
 * A filter for the kernel's calls, as bubblewrap takes it: a seccomp program in classic BPF. Namespaces and limits are
 * the walls; this closes what they leave open: memory that no limit counts (memfd, System V), another network (vsock is
 * in no namespace), namespaces within the sandbox, and calls that a tool has no use for but an attacker has.
 */
export function systemCallFilter(arch: string): Buffer | undefined {
  const calls = CALLS[arch];
  if (calls === undefined) return undefined;
  const program: Instruction[] = [
    load(ARCH),
    [JUMP_EQUAL, 1, 0, calls.arch],
    [RETURN, 0, 0, KILL],
    load(NUMBER),
    // The x32 calls of an x64 kernel have numbers of their own.
    [JUMP_AT_LEAST, 0, 1, 0x4000_0000],
    [RETURN, 0, 0, refuse(ENOSYS)],
  ];
  for (const number of calls.refused) program.push([JUMP_EQUAL, 0, 1, number], [RETURN, 0, 0, refuse(EPERM)]);
  // Its flags lie in memory, where no filter can look; the C library then uses clone.
  program.push([JUMP_EQUAL, 0, 1, CLONE3], [RETURN, 0, 0, refuse(ENOSYS)]);
  program.push(
    [JUMP_EQUAL, 0, 4, calls.clone],
    load(FIRST_ARGUMENT),
    [JUMP_SET, 0, 1, NEW_NAMESPACES],
    [RETURN, 0, 0, refuse(EPERM)],
    load(NUMBER),
  );
  // Whoever hides from its owner's view would hide from the watch too.
  program.push(
    [JUMP_EQUAL, 0, 4, calls.prctl],
    load(FIRST_ARGUMENT),
    [JUMP_EQUAL, 0, 1, SET_DUMPABLE],
    [RETURN, 0, 0, refuse(EPERM)],
    load(NUMBER),
  );
  program.push([JUMP_EQUAL, 0, FAMILIES.length + 2, calls.socket], load(FIRST_ARGUMENT));
  for (const [at, family] of FAMILIES.entries()) program.push([JUMP_EQUAL, FAMILIES.length - at, 0, family]);
  program.push([RETURN, 0, 0, refuse(EAFNOSUPPORT)], [RETURN, 0, 0, ALLOW]);
  return encode(program);
}

/** Code, jump if true, jump if false, operand. */
type Instruction = readonly [code: number, jumpTrue: number, jumpFalse: number, operand: number];

const load = (offset: number): Instruction => [0x20, 0, 0, offset];
const JUMP_EQUAL = 0x15;
const JUMP_AT_LEAST = 0x35;
const JUMP_SET = 0x45;
const RETURN = 0x06;

// Where the kernel puts what the filter looks at.
const NUMBER = 0;
const ARCH = 4;
const FIRST_ARGUMENT = 16;

const KILL = 0x8000_0000;
const ALLOW = 0x7fff_0000;
const refuse = (errno: number): number => 0x0005_0000 | errno;
const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;

const CLONE3 = 435;
const SET_DUMPABLE = 4;
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const NEW_NAMESPACES = 0x7e02_0000;
/** AF_UNIX, AF_INET, AF_INET6, AF_NETLINK (which asks for one's own addresses). */
const FAMILIES = [1, 2, 10, 16];

/** Numbers that are the same everywhere: io_uring, the newer mount calls, pidfd_getfd, memfd_secret. */
const NEWER = [425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 442, 447];

/** The numbers of an architecture. */
interface Calls {
  readonly arch: number;
  readonly clone: number;
  readonly socket: number;
  readonly prctl: number;
  readonly refused: readonly number[];
}

const CALLS: Readonly<Record<string, Calls>> = {
  x64: {
    arch: 0xc000_003e,
    clone: 56,
    socket: 41,
    prctl: 157,
    refused: [
      ...[101, 310, 311, 312], // ptrace, process_vm_readv, process_vm_writev, kcmp
      ...[319, 29, 68], // memfd_create, shmget, msgget
      ...[165, 166, 155, 161, 308, 272], // mount, umount2, pivot_root, chroot, setns, unshare
      ...[246, 320, 175, 313, 176], // kexec_load, kexec_file_load, init_module, finit_module, delete_module
      ...[321, 298, 323, 300], // bpf, perf_event_open, userfaultfd, fanotify_init
      ...[248, 249, 250], // add_key, request_key, keyctl
      ...[303, 304], // name_to_handle_at, open_by_handle_at
      ...[163, 167, 168, 169, 179, 103], // acct, swapon, swapoff, reboot, quotactl, syslog
      ...[159, 164, 227, 305, 172, 173], // adjtimex, settimeofday, clock_settime, clock_adjtime, iopl, ioperm
      ...NEWER,
    ],
  },
  arm64: {
    arch: 0xc000_00b7,
    clone: 220,
    socket: 198,
    prctl: 167,
    refused: [
      ...[117, 270, 271, 272],
      ...[279, 194, 186],
      ...[40, 39, 41, 51, 268, 97],
      ...[104, 294, 105, 273, 106],
      ...[280, 241, 282, 262],
      ...[217, 218, 219],
      ...[264, 265],
      ...[89, 224, 225, 142, 60, 116],
      ...[171, 170, 112, 266],
      ...NEWER,
    ],
  },
};

function encode(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8);
  for (const [at, [code, jumpTrue, jumpFalse, operand]] of program.entries()) {
    bytes.writeUInt16LE(code, at * 8);
    bytes.writeUInt8(jumpTrue, at * 8 + 2);
    bytes.writeUInt8(jumpFalse, at * 8 + 3);
    bytes.writeUInt32LE(operand >>> 0, at * 8 + 4);
  }
  return bytes;
}
