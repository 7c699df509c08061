import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryStore, memoryConnection } from '@voorman/log/memory';
import { locateTool } from '@voorman/tools';
import { afterEach, describe, expect, it } from 'vitest';
import { AttachmentFiles } from '../process/attachment-files.js';
import { ProcessExecutor } from '../process/process-executor.js';
import type { ProcessManifest } from '../process/program-start.js';
import { ConfinedTools, running, sandboxIsMissing } from '../testing/confined-tool.js';
import { attemptOf } from '../testing/tool-call.js';
import { Sandboxes, SandboxFile } from './profile.js';
import { loadSandboxes } from './profile-file.js';
import { Sandbox } from './sandbox.js';

const tools = new ConfinedTools();
const folders: string[] = [];
afterEach(async () => {
  await tools.end();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function folder(mode = 0o755): string {
  const path = mkdtempSync(join(tmpdir(), 'voorman-sandbox-'));
  chmodSync(path, mode);
  folders.push(path);
  return path;
}
const asked = (tool: ProcessManifest, args = {}, sandbox?: string) =>
  attemptOf(tool, args, sandbox === undefined ? {} : { limits: { sandbox } });
const RESIDENT = `import { createInterface } from 'node:readline'; import fs from 'node:fs';
  createInterface({ input: process.stdin }).on('line', (line) => { const { id } = JSON.parse(line);
    console.log(JSON.stringify({ id, output: { pid: process.pid, cwd: process.cwd(), host: fs.existsSync('/etc/passwd') } })); });`;

describe.skipIf(await sandboxIsMissing())('a sandbox', () => {
  it('runs a program in its own folder, which it finds at /tool', async () => {
    const result = await tools.confined(`return { cwd: process.cwd(), files: fs.readdirSync('.').sort() };`);
    expect(result).toMatchObject({ output: { cwd: '/tool', files: ['tool.mjs', 'tool.yaml'] } });
  });

  it('shows the folders that its profile lists, at their own paths, and lets write only where that says so', async () => {
    const [readable, writable] = [folder(), folder(0o777)];
    writeFileSync(join(readable, 'a'), 'seen');
    const body = `return { read: fs.readFileSync(args.readable + '/a', 'utf8'), denied: attempt(() => fs.writeFileSync(args.readable + '/b', '')).code,
      wrote: attempt(() => fs.writeFileSync(args.writable + '/b', 'kept')).code ?? 'yes' };`;
    const result = await tools.confined(body, { read_only: [readable], writable: [writable] }, { readable, writable });
    expect(result).toMatchObject({ output: { read: 'seen', denied: 'EROFS', wrote: 'yes' } });
    expect(readFileSync(join(writable, 'b'), 'utf8')).toBe('kept');
  });

  it('shows of the attachments only those of the call', async () => {
    const files = folder(0o700);
    const payloads = memoryConnection(new MemoryStore(), 'cli').payloads;
    const attached = async (text: string) => {
      async function* content() {
        yield Buffer.from(text);
      }
      return { ...(await payloads.put(content(), 'text/plain')), name: 'a b.log' };
    };
    const overheard = () => undefined;
    const { path: bwrap } = await locateTool('bwrap');
    const sandbox = await Sandbox.open({
      bwrap,
      sandboxes: new Sandboxes(SandboxFile.parse({})),
      hidden: [],
      overheard,
    });
    const executor = new ProcessExecutor(new AttachmentFiles(files, payloads), overheard, sandbox);
    const schema = { input: { file: 'attachment' }, output: {} };
    const tool = await tools.tool(
      `return { text: fs.readFileSync(args.file.path, 'utf8'), name: args.file.name, seen: fs.readdirSync('/attachments').length,
        changed: attempt(() => fs.writeFileSync(args.file.path, 'x')).code };`,
      { schema },
    );
    expect(await executor.execute(tool, asked(tool, { file: await attached('first') }))).toMatchObject({
      output: { text: 'first', name: 'a b.log', seen: 1, changed: expect.stringMatching(/EROFS|EACCES/) },
    });
    expect(await executor.execute(tool, asked(tool, { file: await attached('second') }))).toMatchObject({
      output: { text: 'second', seen: 1 },
    });
    const stays = await tools.tool('', { schema, mode: 'resident' });
    expect(await executor.execute(stays, asked(stays, { file: await attached('third') }))).toMatchObject({
      kind: 'fault',
      fault: { code: 'sandbox/no-attachments' },
    });
    await executor.stop();
  });

  it('holds a resident too, which stays for later calls', async () => {
    const tool = await tools.tool('', { mode: 'resident' });
    writeFileSync(join(tool.folder, 'tool.mjs'), RESIDENT);
    const executor = await tools.executor();
    const first = await tools.run(executor, tool);
    expect(first).toMatchObject({ output: { cwd: '/tool', host: false } });
    const again = await tools.run(executor, tool);
    expect({ ...again, durationMs: 0 }).toEqual({ ...first, durationMs: 0 });
  });

  it('ends with the gateway, whatever a resident in it has started', async () => {
    const tool = await tools.tool('', { mode: 'resident' });
    const seconds = `4${process.pid}.5`;
    writeFileSync(
      join(tool.folder, 'tool.mjs'),
      `import { spawn } from 'node:child_process'; spawn('setsid', ['sleep', '${seconds}'], { detached: true, stdio: 'ignore' });\n${RESIDENT}`,
    );
    const executor = await tools.executor();
    await tools.run(executor, tool);
    await expect.poll(() => running(seconds)).toHaveLength(1);
    await executor.stop();
    await expect.poll(() => running(seconds)).toEqual([]);
  });

  it('is the one that policy names', async () => {
    const executor = await tools.executor({ bare: true });
    const tool = await tools.tool(`return { cwd: process.cwd() };`);
    expect(await executor.execute(tool, asked(tool, {}, 'isolated'))).toMatchObject({ output: { cwd: '/tool' } });
    expect(await executor.execute(tool, asked(tool, {}, 'p'))).toMatchObject({ output: { cwd: tool.folder } });
    expect(await executor.execute(tool, asked(tool, {}, 'nobody-defined'))).toMatchObject({
      kind: 'fault',
      fault: { code: 'sandbox/unknown-profile' },
      retryable: false,
    });
  });

  it('never shows the folder with the gateway’s keys, whatever its profile lists', async () => {
    const data = folder();
    mkdirSync(join(data, 'keys'));
    const tool = await tools.tool('return {};');
    for (const path of [data, join(data, 'keys'), tmpdir()]) {
      const executor = await tools.executor({ read_only: [path] }, '/nowhere', [data]);
      expect(await tools.run(executor, tool), path).toMatchObject({ fault: { code: 'sandbox/unknown-profile' } });
    }
    expect(tools.heard.join(' ')).toContain('keeps its keys');
  });

  it('tells a program that is missing from one that failed', async () => {
    const executor = await tools.executor();
    const missing = await tools.tool('', { command: ['/usr/bin/no-such-program'] });
    expect(await tools.run(executor, missing)).toMatchObject({ kind: 'fault', fault: { code: 'tool/not-started' } });
    expect(await tools.confined(`process.exit(3)`)).toMatchObject({
      kind: 'unknown',
      fault: { message: 'sample ended with code 3 and said nothing.' },
    });
    expect(
      await tools.confined(
        `process.kill(process.pid, 'SIGSEGV'); await new Promise(() => setInterval(() => {}, 1000))`,
      ),
    ).toMatchObject({
      fault: { message: 'sample ended with a signal and said nothing.' },
    });
  });

  it('that cannot show what its profile lists did not run the program', async () => {
    const result = await tools.confined(`return {};`, { read_only: ['/no/such/folder'] });
    expect(result).toMatchObject({ kind: 'fault', fault: { code: 'sandbox/not-set-up' } });
    expect(JSON.stringify(result)).not.toContain('/no/such/folder');
    expect(tools.heard.join('')).toContain('/no/such/folder');
  });

  it.runIf(process.getuid?.() === 0)('of root’s gateway says what to do about files that nobody can read', async () => {
    const tool = await tools.tool('return {};');
    chmodSync(tool.folder, 0o700);
    expect(await tools.run(await tools.executor(), tool)).toMatchObject({ fault: { code: 'sandbox/unreadable' } });
  });

  it('lies open to a tool whose folder is inside one that is closed to others', async () => {
    const closed = folder(0o700);
    const tool = await tools.tool('return { ran: true };');
    const inner = join(closed, 'tool');
    mkdirSync(inner);
    for (const name of ['tool.mjs', 'tool.yaml']) {
      writeFileSync(join(inner, name), readFileSync(join(tool.folder, name)));
    }
    const moved = { ...tool, folder: inner, file: join(inner, 'tool.yaml') };
    expect(await tools.run(await tools.executor(), moved)).toMatchObject({ output: { ran: true } });
  });
});

describe('where no sandbox can be built', () => {
  const without = (bwrap: string | undefined, profile?: object) =>
    Sandbox.open({
      bwrap,
      sandboxes: new Sandboxes(SandboxFile.parse(profile ? { default: 'p', profiles: { p: profile } } : {})),
      hidden: [],
      overheard: () => undefined,
    });
  const executorOf = async (sandbox: Sandbox) => {
    const payloads = memoryConnection(new MemoryStore(), 'cli').payloads;
    return new ProcessExecutor(new AttachmentFiles('/nowhere', payloads), () => undefined, sandbox);
  };

  it('programs are refused, and the operator is told why', async () => {
    const sandbox = await without(undefined);
    expect(sandbox.detail).toMatchObject({ sandbox: expect.stringContaining('Bubblewrap is missing') });
    const tool = await tools.tool('return {};');
    expect(await (await executorOf(sandbox)).execute(tool, asked(tool))).toMatchObject({
      kind: 'fault',
      fault: { code: 'sandbox/unavailable', next: expect.stringContaining('docs/tools/process.md') },
      retryable: false,
    });
  });

  it('that is found out by trying: a bubblewrap that may not make namespaces is as good as none', async () => {
    const bin = folder();
    const refused = join(bin, 'bwrap');
    writeFileSync(refused, '#!/bin/sh\necho "bwrap: No permissions to create new namespace" >&2\nexit 1\n');
    chmodSync(refused, 0o755);
    expect((await without(refused)).unavailable).toContain('No permissions to create new namespace');
    expect((await without('/no/such/bwrap')).unavailable).toContain('cannot build a sandbox here');
  });

  it('only programs of a profile that is bare run', async () => {
    const executor = await executorOf(await without(undefined, { bare: true }));
    const tool = await tools.tool('return { ran: true };');
    expect(await executor.execute(tool, asked(tool))).toMatchObject({ output: { ran: true } });
  });
});

describe('the file of profiles', () => {
  it('is read from each registry folder; the first to name a profile defines it', async () => {
    const [one, two, none] = [folder(), folder(), folder()];
    writeFileSync(join(one, 'sandboxes.yaml'), 'profiles: { a: { memory_mb: 100 } }\n');
    writeFileSync(join(two, 'sandboxes.yaml'), 'default: b\nprofiles: { a: { memory_mb: 200 }, b: {} }\n');
    const { sandboxes, problems } = await loadSandboxes([one, none, two]);
    expect(problems).toEqual([]);
    expect(sandboxes.profile('a')).toMatchObject({ memory_mb: 100 });
    expect(sandboxes.names).toEqual(['a', 'b', 'isolated']);
  });

  it('that is broken is told with its line, and nothing runs in what it would have defined', async () => {
    const one = folder();
    writeFileSync(join(one, 'sandboxes.yaml'), 'profiles:\n  a:\n    memory_mb: lots\n');
    const { sandboxes, problems } = await loadSandboxes([one]);
    expect(problems).toMatchObject([{ file: join(one, 'sandboxes.yaml'), code: 'registry/invalid-manifest' }]);
    expect(sandboxes.profile('a')).toBeUndefined();
  });

  it('that is shipped is right', async () => {
    const { sandboxes, problems } = await loadSandboxes([join(import.meta.dirname, '../../../../deploy/registry')]);
    expect(problems).toEqual([]);
    expect(sandboxes.profile()).toMatchObject({ network: 'none', read_only: [], writable: [] });
  });
});
