import { readdirSync, readFileSync } from 'node:fs';

/** Set where a descriptor is closed when a program is started. */
const CLOSE_ON_EXEC = 0o2000000;

/**
 * Open files that a process hands on to whatever it starts, besides the three streams: those that it was itself started
 * with, as a terminal, a build tool or a service manager may leave them. Node closes all of its own.
 * @param folder of the process under /proc.
 */
export function inheritedDescriptors(folder = '/proc/self'): readonly number[] {
  const inherited: number[] = [];
  for (const name of readdirSync(`${folder}/fdinfo`)) {
    const flags = Number.parseInt(/^flags:\s+(\d+)/m.exec(read(`${folder}/fdinfo/${name}`))?.[1] ?? '0', 8);
    if (Number(name) > 2 && flags !== 0 && (flags & CLOSE_ON_EXEC) === 0) inherited.push(Number(name));
  }
  return inherited.sort((a, b) => a - b);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The one that listing them had opened.
    return '';
  }
}
