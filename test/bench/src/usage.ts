import { readFileSync } from 'node:fs';

/** What a process used so far. */
export interface Usage {
  readonly cpuSeconds: number;
  readonly rssMb: number;
}

/** Clock ticks per second of /proc; 100 on every Linux. */
const TICKS = 100;

/** CPU time and memory of a process, from /proc; zeros where there is none (macOS) or the process is gone. */
export function usageOf(pid: number): Usage {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const rssKb = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
    return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS, rssMb: Math.round(rssKb / 1024) };
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return { cpuSeconds: 0, rssMb: 0 };
    throw fault;
  }
}

/** The value below which a share of the sorted figures lies; 0 where there are none. */
export function percentile(figures: readonly number[], share: number): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

export const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits));
