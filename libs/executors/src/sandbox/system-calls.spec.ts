import { describe, expect, it } from 'vitest';
import { systemCallFilter } from './system-calls.js';

interface Asked {
  readonly arch: number;
  readonly call: number;
  readonly first?: number;
}

/** Runs the filter as the kernel would: an accumulator, jumps forward, one answer. */
function answerTo(filter: Buffer, { arch, call, first = 0 }: Asked): string {
  const data = new Map([
    [0, call],
    [4, arch],
    [16, first],
  ]);
  let at = 0;
  let held = 0;
  for (;;) {
    const code = filter.readUInt16LE(at * 8);
    const [jumpTrue, jumpFalse] = [filter.readUInt8(at * 8 + 2), filter.readUInt8(at * 8 + 3)];
    const operand = filter.readUInt32LE(at * 8 + 4);
    if (code === 0x06)
      return operand === 0x7fff_0000 ? 'allowed' : operand >>> 16 === 5 ? `errno ${operand & 0xffff}` : 'killed';
    if (code === 0x20) held = data.get(operand) ?? Number.NaN;
    const holds = code === 0x15 ? held === operand : code === 0x35 ? held >= operand : (held & operand) !== 0;
    at += 1 + (code === 0x20 ? 0 : holds ? jumpTrue : jumpFalse);
  }
}

const ARCH = { x64: 0xc000_003e, arm64: 0xc000_00b7 };
const CALLS = {
  x64: { read: 0, prctl: 157, ptrace: 101, clone: 56, socket: 41, unshare: 272, memfd: 319, mount: 165 },
  arm64: { read: 63, prctl: 167, ptrace: 117, clone: 220, socket: 198, unshare: 97, memfd: 279, mount: 40 },
};

describe.each(['x64', 'arm64'] as const)('the filter for the kernel’s calls on %s', (name) => {
  const filter = systemCallFilter(name) ?? Buffer.alloc(0);
  const arch = ARCH[name];
  const calls = CALLS[name];
  const ask = (call: number, first = 0) => answerTo(filter, { arch, call, first });

  it('lets through what programs need', () => {
    expect(ask(calls.read)).toBe('allowed');
    // Threads and plain children.
    expect(ask(calls.clone, 0x3d0f00)).toBe('allowed');
    expect(ask(calls.clone, 0x11)).toBe('allowed');
    expect(ask(calls.prctl, 15)).toBe('allowed');
    for (const family of [1, 2, 10, 16]) expect(ask(calls.socket, family), `family ${family}`).toBe('allowed');
  });

  it('refuses what reaches others, memory that nothing counts, mounts and namespaces', () => {
    for (const call of [calls.ptrace, calls.unshare, calls.memfd, calls.mount, 425, 428, 447]) {
      expect(ask(call), `call ${call}`).toBe('errno 1');
    }
    for (const flag of [0x2_0000, 0x1000_0000, 0x4000_0000]) expect(ask(calls.clone, flag | 0x11)).toBe('errno 1');
    expect(ask(435)).toBe('errno 38');
    expect(ask(calls.prctl, 4)).toBe('errno 1');
  });

  it('refuses networks that lie in no namespace', () => {
    for (const family of [0, 3, 17, 31, 38, 40]) expect(ask(calls.socket, family), `family ${family}`).toBe('errno 97');
  });

  it('ends a program that speaks to the kernel as another machine’s would', () => {
    const other = name === 'x64' ? ARCH.arm64 : 0x4000_0003;
    expect(answerTo(filter, { arch: other, call: calls.read })).toBe('killed');
  });
});

describe('the filter for the kernel’s calls', () => {
  it('refuses the second set of numbers that an x64 kernel knows', () => {
    const filter = systemCallFilter('x64') ?? Buffer.alloc(0);
    expect(answerTo(filter, { arch: ARCH.x64, call: 0x4000_0000 + 101 })).toBe('errno 38');
  });

  it('is not made up for a machine that it was not written for', () => {
    expect(systemCallFilter('riscv64')).toBeUndefined();
  });
});
