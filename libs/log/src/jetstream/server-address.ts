import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { hasCode } from '@voorman/envelope';
import { readIfThere } from '@voorman/files';
import { portsFolder } from './server-config.js';

/** Where a server can be reached. */
export interface ServerAddress {
  readonly pid: number;
  /** `nats://host:port` */
  readonly url: string;
  /** `http://127.0.0.1:port` */
  readonly monitoringUrl: string;
}

/** The server that already runs on a data folder, for instance one that outlived whoever started it. */
export async function findNatsServer(dataDir: string): Promise<ServerAddress | undefined> {
  const store = resolve(dataDir, 'nats');
  for (const pid of await pidsWithPorts(dataDir)) {
    const address = await readAddress(dataDir, pid);
    if (address === undefined || !isAlive(pid)) continue;
    // The pid may be somebody else's by now, and so may the port: only the store's own path tells.
    const jetstream = await ask<{ config?: { store_dir?: string } }>(`${address.monitoringUrl}/jsz`);
    const itsStore = jetstream?.config?.store_dir;
    if (itsStore !== undefined && (itsStore === store || itsStore.startsWith(`${store}/`))) return address;
  }
  return undefined;
}

/** The address that a server of this pid left in its data folder; `undefined` while there is none, or half of one. */
export async function readAddress(dataDir: string, pid: number): Promise<ServerAddress | undefined> {
  const text = await readIfThere(portsFile(dataDir, pid));
  if (text === undefined || !text.trimEnd().endsWith('}')) return undefined;
  const ports = JSON.parse(text) as { nats?: string[]; monitoring?: string[] };
  const [url, monitoringUrl] = [ports.nats?.[0], ports.monitoring?.[0]];
  return url === undefined || monitoringUrl === undefined ? undefined : { pid, url, monitoringUrl };
}

/** A killed server leaves its address behind, and pids come round again. */
export async function forgetAddresses(dataDir: string): Promise<void> {
  for (const pid of await pidsWithPorts(dataDir)) await rm(portsFile(dataDir, pid), { force: true });
}

/** Whether the server serves clients and its streams are open. */
export async function isHealthy(monitoringUrl: string): Promise<boolean> {
  return (await answerOf(`${monitoringUrl}/healthz`))?.ok ?? false;
}

/** A monitoring page, or `undefined` where nobody answers. */
export async function ask<Page>(url: string): Promise<Page | undefined> {
  const answer = await answerOf(url);
  return answer?.ok ? ((await answer.json()) as Page) : undefined;
}

async function answerOf(url: string): Promise<Response | undefined> {
  try {
    return await fetch(url, { signal: AbortSignal.timeout(2_000) });
  } catch {
    return undefined; // nobody listens, or not yet: exactly what the caller asks
  }
}

const portsFile = (dataDir: string, pid: number): string => join(portsFolder(dataDir), `nats-server_${pid}.ports`);

async function pidsWithPorts(dataDir: string): Promise<number[]> {
  const files = await readdir(portsFolder(dataDir)).catch(unlessMissing);
  return (files ?? []).flatMap((file) => {
    const pid = /^nats-server_(\d+)\.ports$/.exec(file)?.[1];
    return pid === undefined ? [] : [Number(pid)];
  });
}

function unlessMissing(fault: unknown): undefined {
  if (hasCode(fault, 'ENOENT')) return undefined;
  throw fault;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (fault) {
    return hasCode(fault, 'EPERM');
  }
}
