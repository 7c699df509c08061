import type { Fault, JsonObject } from '@voorman/envelope';
import {
  CertificateMismatchError,
  type ClientIdentities,
  type ClientIdentity,
  PkiUnavailableError,
} from '@voorman/pki';
import type { SecretRef } from '@voorman/registry';
import type { Executed, Execution, ExecutorOf, Limits, Meaning } from '../executor.js';
import { Masking } from '../secrets/masking.js';
import { isSecretError, type SecretStore, SecretUnavailableError } from '../secrets/secret-store.js';
import { failed } from '../tool-answer.js';
import { limitNotKept, notBegun } from '../tool-faults.js';
import { noCertificates } from './api-faults.js';
import { Connections, type Resolve } from './connections.js';
import { type Dispatch, exchange } from './exchange.js';
import { AllowedHosts } from './redirect.js';
import { type ApiManifest, secretsQuoted, toRequest } from './request.js';

/** What a gateway gives to whoever calls its endpoints. */
export interface ApiExecutorOptions {
  /** Default: there are none, and a tool that names one is at fault. */
  readonly secrets?: SecretStore;
  /** Where client certificates come from. Default: a tool that needs one is at fault. */
  readonly identities?: ClientIdentities;
  /** Hears, for the operator, what a fault leaves out. Default: nobody. */
  readonly report?: (tool: string, fault: unknown) => void;
  /** Default: the machine's resolver. */
  readonly resolve?: Resolve;
}

/** What has to be there before a call can go out. */
interface Ready {
  readonly secrets: ReadonlyMap<string, string>;
  readonly ca?: string;
  readonly identity?: ClientIdentity;
}

/** Calls HTTP endpoints: only the hosts that the manifest names, at the addresses that it allows. */
export class ApiExecutor implements ExecutorOf<ApiManifest> {
  readonly #connections: Connections;

  constructor(private readonly options: ApiExecutorOptions = {}) {
    this.#connections = new Connections(options.resolve);
  }

  /** Every host that a call may lead to. A fault where the arguments do not fit into the request. */
  async meaning(tool: ApiManifest, args: JsonObject): Promise<Meaning | { readonly fault: Fault }> {
    const request = toRequest(tool, args, 'key', new Map());
    return 'fault' in request ? request : { hosts: new AllowedHosts(tool.endpoint, tool.hosts).names };
  }

  async execute(tool: ApiManifest, execution: Execution): Promise<Executed> {
    const began = performance.now();
    const took = () => performance.now() - began;
    if (execution.signal.aborted) return failed(notBegun(tool.name), 0, false);
    const limit = limitThatCannotBeKept(execution.limits);
    if (limit !== undefined) return failed(limitNotKept(tool.name, limit), 0, false);
    const ready = await this.#prepare(tool, execution).catch((fault: unknown) => this.#notReady(tool, fault));
    if ('fault' in ready) return failed(ready.fault, took(), ready.retryable);
    const masking = new Masking(ready.secrets.values());
    const request = toRequest(tool, execution.arguments, execution.key, ready.secrets);
    if ('fault' in request) return failed(masking.fault(request.fault), took(), false);
    const executed = await exchange(tool, request, execution, this.#dispatch(tool, ready), (fault) =>
      this.options.report?.(tool.name, fault),
    );
    return { ...masking.executed(executed), durationMs: took() };
  }

  stop(): Promise<void> {
    return this.#connections.stop();
  }

  /** @throws {SecretError} @throws {PkiUnavailableError} @throws {CertificateMismatchError} */
  async #prepare(tool: ApiManifest, { caller }: Execution): Promise<Ready | NotReady> {
    const secrets = new Map<string, string>();
    for (const name of secretsQuoted(tool)) {
      const ref = tool.secrets[name];
      if (ref !== undefined) secrets.set(name, await this.#secret(ref));
    }
    const { client_certificate: needsIdentity, ca } = tool.tls;
    const trusted = ca === undefined ? {} : { ca: await this.#secret(ca) };
    if (!needsIdentity) return { secrets, ...trusted };
    const { identities } = this.options;
    if (identities === undefined) return { fault: noCertificates(tool.name), retryable: false };
    // Only here, after policy's yes and the record that announces the call: nobody holds a certificate beforehand.
    const identity = await identities.of({ tenant: caller.tenant, agent: caller.agent, tool: tool.name });
    return { secrets, ...trusted, identity };
  }

  async #secret(ref: SecretRef): Promise<string> {
    if (this.options.secrets === undefined) throw new SecretUnavailableError('this gateway has no secrets', false);
    return this.options.secrets.read(ref);
  }

  #notReady(tool: ApiManifest, fault: unknown): NotReady {
    if (!isSecretError(fault) && !(fault instanceof PkiUnavailableError || fault instanceof CertificateMismatchError)) {
      throw fault;
    }
    this.options.report?.(tool.name, fault);
    return { fault: fault.toPublic(), retryable: fault.retryable };
  }

  /** The client certificate is for the endpoint, not for where a redirect leads. */
  #dispatch(tool: ApiManifest, { ca, identity }: Ready): Dispatch {
    const own = new URL(tool.endpoint).origin;
    return (url) =>
      this.#connections.on({
        privateAddresses: tool.private_addresses,
        isKept: tool.effect !== 'once',
        ...(ca === undefined ? {} : { ca }),
        ...(identity === undefined || url.origin !== own ? {} : { identity }),
      });
  }
}

interface NotReady {
  readonly fault: Fault;
  readonly retryable: boolean;
}

/** A sandbox's profile is for programs, and takes nothing from a call over HTTP. */
function limitThatCannotBeKept(limits: Limits | undefined): string | undefined {
  if (limits?.draftOnly === true) return 'a draft';
  if (limits?.maxRows !== undefined) return 'a cap of rows';
  if (limits?.conditions !== undefined && limits.conditions.length > 0) return 'a condition on a query';
  return undefined;
}
