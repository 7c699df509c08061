import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { locateTool } from '@voorman/tools';
import { parseTarGzip } from 'nanotar';

const run = promisify(execFile);

/** The WebAssembly program of one Rego file, built by the real compiler. */
export async function compileRego(rego: string, ...entrypoints: string[]): Promise<Uint8Array> {
  const { path: opa } = await locateTool('opa');
  const folder = await mkdtemp(join(tmpdir(), 'voorman-rego-'));
  try {
    await writeFile(join(folder, 'policy.rego'), rego);
    const named = entrypoints.flatMap((entrypoint) => ['-e', entrypoint]);
    await run(opa, ['build', '-t', 'wasm', ...named, '-o', 'bundle.tar.gz', 'policy.rego'], { cwd: folder });
    const files = await parseTarGzip(await readFile(join(folder, 'bundle.tar.gz')));
    const program = files.find((file) => file.name.endsWith('policy.wasm'))?.data;
    if (program === undefined) throw new Error('opa built no program');
    return program;
  } finally {
    await rm(folder, { recursive: true });
  }
}
