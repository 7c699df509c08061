import { createServer } from 'node:net';
import { writeWhole } from '@voorman/files';
import { z } from 'zod';
import type { DataFolder } from './data-folder.js';
import { readJson } from './json-file.js';

const Ports = z.object({ port: z.int(), monitorPort: z.int() });
export type Ports = z.infer<typeof Ports>;

const ANY: Ports = { port: -1, monitorPort: -1 };

/**
 * The ports to start the server with: those of the last time where they are free, any others where not.
 * @returns `taken` is the port that somebody else has now.
 */
export async function choosePorts(data: DataFolder): Promise<Ports & { readonly taken?: number }> {
  const last = Ports.safeParse(await readJson(data.natsPorts).catch(() => undefined));
  if (!last.success) return ANY;
  const { port, monitorPort } = last.data;
  const monitor = (await isFree(monitorPort)) ? monitorPort : -1;
  if (await isFree(port)) return { port, monitorPort: monitor };
  return { port: -1, monitorPort: monitor, taken: port };
}

/** Keeps the ports for the next start: clients know the address by heart. */
export const rememberPorts = (data: DataFolder, ports: Ports): Promise<void> =>
  writeWhole(data.natsPorts, JSON.stringify(ports));

/** The port of an address. */
export const portOf = (url: string): number => Number(new URL(url).port);

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
