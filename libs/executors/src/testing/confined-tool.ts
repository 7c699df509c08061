import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '@voorman/envelope';
import { MemoryStore, memoryConnection } from '@voorman/log/memory';
import { locateTool } from '@voorman/tools';
import type { Executed } from '../executor.js';
import { AttachmentFiles } from '../process/attachment-files.js';
import { ProcessExecutor } from '../process/process-executor.js';
import type { ProcessManifest } from '../process/program-start.js';
import { Sandboxes, SandboxFile } from '../sandbox/profile.js';
import { Sandbox } from '../sandbox/sandbox.js';
import { program } from './program.js';
import { attemptOf } from './tool-call.js';

/** Why this machine has no sandbox to test; undefined where it has one. */
export async function sandboxIsMissing(): Promise<string | undefined> {
  const sandboxes = new Sandboxes(SandboxFile.parse({}));
  const bwrap = await locateTool('bwrap').then(
    ({ path }) => path,
    () => undefined,
  );
  const { unavailable } = await Sandbox.open({ bwrap, sandboxes, hidden: [], overheard: () => undefined });
  if (unavailable !== undefined) console.warn(`Not tested, for want of a sandbox: ${unavailable}`);
  return unavailable;
}

/** Programs in a real sandbox of a profile `p`, and the same programs bare, so that a test can show what is held. */
export class ConfinedTools {
  readonly heard: string[] = [];
  readonly #ends: (() => Promise<unknown>)[] = [];

  /** @param profile fields of a profile. @param hidden what no profile may show. */
  async executor(profile: object = {}, files = '/nowhere', hidden: readonly string[] = []): Promise<ProcessExecutor> {
    const file = SandboxFile.parse({ default: 'p', profiles: { p: profile } });
    const overheard = (_tool: string, text: string) => this.heard.push(text);
    const { path: bwrap } = await locateTool('bwrap');
    const sandbox = await Sandbox.open({ bwrap, sandboxes: new Sandboxes(file), hidden, overheard });
    if (sandbox.unavailable !== undefined) throw new Error(sandbox.unavailable);
    const { payloads } = memoryConnection(new MemoryStore(), 'cli');
    const executor = new ProcessExecutor(new AttachmentFiles(files, payloads), overheard, sandbox);
    this.#ends.push(() => executor.stop());
    return executor;
  }

  /** A program whose answer is what `body` returns; `fs`, `net` and the like are at hand, and its arguments as `args`. */
  async tool(body: string, more: Record<string, unknown> = {}): Promise<ProcessManifest> {
    const { manifest, remove } = await program(sourceOf(body), more);
    this.#ends.push(remove);
    return manifest;
  }

  /** Runs the body in a sandbox of the profile. */
  async confined(body: string, profile: object = {}, args: JsonObject = {}, more = {}): Promise<Executed> {
    return this.run(await this.executor(profile), await this.tool(body, more), args);
  }

  /** Runs the body as the gateway's user, without a sandbox. */
  bare = (body: string, args: JsonObject = {}, more = {}): Promise<Executed> =>
    this.confined(body, { bare: true }, args, more);

  run(executor: ProcessExecutor, tool: ProcessManifest, args: JsonObject = {}): Promise<Executed> {
    return executor.execute(tool, attemptOf(tool, args));
  }

  /** A page on the loopback that says this and how it was asked for. @returns its host and port. */
  async page(text: string): Promise<string> {
    const server = createServer((request, response) => {
      request.resume();
      request.on('end', () => response.end(`${text} ${request.method} ${request.url}`));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#ends.push(async () => server.close());
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async end(): Promise<void> {
    this.heard.length = 0;
    for (const end of this.#ends.splice(0)) await end();
  }
}

/** What went wrong is an answer too: its code is what the tests look at. */
const sourceOf = (body: string) => `
import fs from 'node:fs'; import net from 'node:net'; import os from 'node:os'; import dns from 'node:dns/promises';
import { spawn, spawnSync, execFileSync } from 'node:child_process';
const args = JSON.parse(fs.readFileSync(0, 'utf8'));
const attempt = (work) => { try { return { did: work() }; } catch (fault) { return { code: fault.code ?? fault.message }; } };
const answer = await (async () => { ${body} })();
console.log(JSON.stringify(answer));
`;

/** The body of a program that asks the page of a host, and tells what came of it. */
export const FETCHES = `try { const response = await fetch('http://' + args.host + '/page?q=1', { method: args.method ?? 'GET', ...(args.body ? { body: args.body } : {}) });
  return { status: response.status, text: await response.text() }; } catch (fault) { return { code: fault.cause?.code ?? fault.message }; }`;

/** The host's processes whose command holds the word. */
export const running = (word: string): number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      try {
        return pid > 0 && readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(word);
      } catch {
        return false; // it ended between two looks
      }
    });
