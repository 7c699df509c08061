import { closeSync, openSync } from 'node:fs';
import { basename, isAbsolute, relative } from 'node:path';
import type { Fault } from '@voorman/envelope';
import { bareStart, type Overheard, type ProcessManifest, type ProgramStart } from '../process/program-start.js';
import { INSIDE } from './bubblewrap.js';
import { EgressProxies } from './egress-proxy.js';
import { inheritedDescriptors } from './inherited.js';
import { endHalfBuiltRooms } from './left-over.js';
import { type ConfinedProfile, type Sandboxes } from './profile.js';
import { noProfile, noSandbox } from './sandbox-faults.js';
import { type Builder, closedToNobody, sandboxedStart, tryRoom } from './sandboxed-start.js';
import { systemCallFilter } from './system-calls.js';

/** What sandboxes are built with, and what they must never show. */
export interface SandboxOptions {
  /** Where bubblewrap lies; absent or empty: there is none. */
  readonly bwrap?: string | undefined;
  readonly sandboxes: Sandboxes;
  /** Folders that no profile may show, nor anything that holds or lies in them: where the gateway keeps its keys. */
  readonly hidden: readonly string[];
  readonly overheard: Overheard;
}

/** How a program is to be run: in which profile, and who starts it there. */
export interface Place {
  readonly isConfined: boolean;
  /** Tells apart what must not share a resident. */
  readonly profile: string;
  /** Where the program sees a file of the host, which is added to what it is shown. */
  show(path: string, shown: string[]): string;
  /** A fault where that cannot be done; then nothing has happened. */
  start(attachments: readonly string[], isResident: boolean): Promise<ProgramStart | { readonly fault: Fault }>;
}

/** Chooses the room for each program, and builds it. Where no room can be built, programs that need one are refused. */
export class Sandbox {
  readonly #egress: EgressProxies;
  #isOpen = true;

  private constructor(
    private readonly options: SandboxOptions,
    private readonly builder: Builder | undefined,
    /** Why nothing can be confined here, as a sentence for the operator; undefined where it can. */
    readonly unavailable: string | undefined,
  ) {
    this.#egress = new EgressProxies(options.overheard);
  }

  /** Tries a sandbox; resolves in any case. Takes about 10 ms. */
  static async open(options: SandboxOptions): Promise<Sandbox> {
    const { bwrap, overheard } = options;
    const filter = systemCallFilter(process.arch);
    if (process.platform !== 'linux' || filter === undefined) {
      return new Sandbox(options, undefined, `There is no sandbox for ${process.platform} on ${process.arch}.`);
    }
    if (bwrap === undefined || bwrap === '') {
      return new Sandbox(options, undefined, 'Bubblewrap is missing: install it, or name it in VOORMAN_BWRAP.');
    }
    const builder: Builder = {
      bwrap,
      filter,
      asRoot: process.getuid?.() === 0,
      inherited: inheritedDescriptors(),
      nothing: openSync('/dev/null', 'r+'),
      overheard,
    };
    endHalfBuiltRooms(bwrap);
    const reason = await tryRoom(builder);
    return reason === undefined
      ? new Sandbox(options, builder, undefined)
      : new Sandbox(options, undefined, `Bubblewrap (${bwrap}) cannot build a sandbox here: ${reason}`);
  }

  /** Where a program runs. @param name what policy says; undefined: the default profile. */
  place(manifest: ProcessManifest, name: string | undefined): Place | { readonly fault: Fault } {
    const profile = this.options.sandboxes.profile(name);
    if (profile === undefined) return { fault: noProfile(manifest.name) };
    const known = name ?? '';
    if ('bare' in profile)
      return { isConfined: false, profile: known, show: (path) => path, start: async () => bareStart(manifest) };
    const { builder } = this;
    if (builder === undefined) return { fault: noSandbox(manifest.name) };
    const shows = [...profile.read_only, ...profile.writable].find((path) => this.#mustNotShow(path));
    if (shows !== undefined) {
      this.options.overheard(manifest.name, `its sandbox profile shows ${shows}, where the gateway keeps its keys.`);
      return { fault: noProfile(manifest.name) };
    }
    return {
      isConfined: true,
      profile: known,
      show: (path, shown) => {
        if (!shown.includes(path)) shown.push(path);
        return `${INSIDE.attachments}/${basename(path)}`;
      },
      start: (attachments, isResident) => this.#start(manifest, profile, builder, attachments, isResident),
    };
  }

  /** For the health page: which profiles there are, and whether they can be had. */
  get detail(): Readonly<Record<string, unknown>> {
    return { sandbox: this.unavailable ?? 'ready', profiles: this.options.sandboxes.names };
  }

  /** Nothing can be started any more. Idempotent. */
  async stop(): Promise<void> {
    await this.#egress.stop();
    if (this.#isOpen && this.builder) closeSync(this.builder.nothing);
    this.#isOpen = false;
  }

  async #start(
    manifest: ProcessManifest,
    profile: ConfinedProfile,
    builder: Builder,
    attachments: readonly string[],
    isResident: boolean,
  ): Promise<ProgramStart | { readonly fault: Fault }> {
    const closed = builder.asRoot ? closedToNobody(manifest) : undefined;
    if (closed) return { fault: closed };
    const room = { profile, folder: manifest.folder, node: process.execPath, attachments, isResident };
    if (profile.network === 'none') {
      return sandboxedStart(manifest, { ...room, command: manifest.command }, {}, builder);
    }
    const egress = await this.#egress.of(profile.network);
    const command = ['node', ...egress.relayCommand, ...manifest.command];
    return sandboxedStart(manifest, { ...room, egress, command }, egress.env, builder);
  }

  #mustNotShow(path: string): boolean {
    return this.options.hidden.some((folder) => isWithin(path, folder) || isWithin(folder, path));
  }
}

const isWithin = (path: string, folder: string): boolean => {
  const way = relative(folder, path);
  return !way.startsWith('..') && !isAbsolute(way);
};
