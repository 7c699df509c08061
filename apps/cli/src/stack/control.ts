import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { BusTargets } from '@voorman/policy';
import { z } from 'zod';
import { ControlError, ToldError } from '../errors.js';
import { told } from '../output/fault.js';
import type { Access } from './bus-access.js';
import type { DataFolder } from './data-folder.js';
import type { StackReport } from './stack-report.js';

/** What a command may ask of the supervisor. */
export const Request = z.discriminatedUnion('ask', [
  z.object({ ask: z.literal('status') }),
  z.object({ ask: z.literal('bus'), targets: BusTargets }),
  z.object({ ask: z.literal('scale'), bot: z.string(), replicas: z.int() }),
  z.object({
    ask: z.literal('access'),
    name: z.string(),
    tenant: z.string(),
    roles: z.array(z.string()).max(100).optional(),
  }),
]);
export type Request = z.infer<typeof Request>;

/** What the supervisor answers to each of these. */
export interface Answers {
  readonly status: StackReport;
  readonly bus: { readonly changed: boolean };
  readonly scale: { readonly bot: string; readonly replicas: number };
  readonly access: Access;
}
type Answer = Answers[keyof Answers];

const Reply = z.union([
  z.object({ answer: z.unknown() }),
  z.object({ error: z.object({ code: z.string(), message: z.string(), next: z.string(), exitCode: z.int() }) }),
]);

/** The longest path that a socket may have everywhere. Bytes. */
const MAX_SOCKET_PATH = 100;

/** Where the supervisor takes requests: in the data folder, or in a folder of its own where that path is too long. */
export async function socketPath(data: DataFolder): Promise<{ path: string; remove(): Promise<void> }> {
  const path = join(data.run, 'control.sock');
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH) {
    await rm(path, { force: true });
    return { path, remove: () => rm(path, { force: true }) };
  }
  const folder = join(await mkdtemp(join(tmpdir(), 'voorman-')), 'control.sock');
  return { path: folder, remove: () => rm(dirname(folder), { recursive: true, force: true }) };
}

/** Takes one request per line, answers with one line each. The folder's permissions say who may ask. */
export async function serveControl(
  path: string,
  answer: (request: Request) => Promise<Answer>,
): Promise<{ close(): Promise<void> }> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    // Whoever asked may leave before the answer.
    socket.on('error', () => socket.destroy());
    createInterface({ input: socket }).on('line', (line) => {
      void replyTo(line, answer).then((text) => {
        if (socket.writable) socket.write(`${text}\n`);
      });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

async function replyTo(line: string, answer: (request: Request) => Promise<Answer>): Promise<string> {
  try {
    return JSON.stringify({ answer: await answer(Request.parse(JSON.parse(line))) });
  } catch (fault) {
    return JSON.stringify({ error: told(fault) });
  }
}

/**
 * Asks the supervisor.
 * @throws {ToldError} it refuses. @throws {ControlError} it does not answer.
 */
export async function askSupervisor<Ask extends keyof Answers>(
  path: string,
  request: Extract<Request, { ask: Ask }>,
  withinMs = 30_000,
): Promise<Answers[Ask]> {
  const line = await new Promise<string>((resolve, reject) => {
    const silent = (cause?: unknown) =>
      reject(new ControlError('The supervisor does not answer.', undefined, cause === undefined ? {} : { cause }));
    const socket = createConnection(path);
    socket.setTimeout(withinMs, () => {
      silent();
      socket.destroy();
    });
    socket.once('error', silent);
    socket.once('close', () => silent());
    createInterface({ input: socket }).once('line', (text) => {
      resolve(text);
      socket.destroy();
    });
    socket.write(`${JSON.stringify(request)}\n`);
  });
  const reply = Reply.parse(JSON.parse(line));
  if ('error' in reply) throw new ToldError(reply.error);
  // Only the user's own supervisor listens there, and `serveControl` holds it to `Answers`.
  return reply.answer as Answers[Ask];
}
