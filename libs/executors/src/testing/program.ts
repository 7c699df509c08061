import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProcessManifest } from '../process/program-start.js';
import { loadedTool } from './tool-call.js';

/** A program of a few lines in a folder of its own, with the manifest that a registry would give it. */
export async function program(
  source: string,
  more: Record<string, unknown> = {},
): Promise<{ manifest: ProcessManifest; folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'voorman-tool-'));
  // As a checkout has it: a sandbox of root's gateway reads it as nobody.
  await chmod(folder, 0o755);
  await writeFile(join(folder, 'tool.mjs'), source);
  await writeFile(join(folder, 'tool.yaml'), '');
  const written = { name: 'sample', command: ['node', 'tool.mjs'], schema: {}, timeout_ms: 10_000, ...more };
  const manifest = loadedTool('process', written, folder);
  return { manifest, folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Whether a process runs. One that ended and that nobody asked about yet (an orphan's zombie) does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync('/proc/self/stat') || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && (fault.code === 'ESRCH' || fault.code === 'ENOENT')) return false;
    throw fault;
  }
}
