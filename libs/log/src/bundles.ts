/** Named objects that services share through the log's store: compiled policy. Signatures and digests are checked by readers. */
export interface Bundles {
  put(name: string, content: Uint8Array): Promise<void>;
  /** `undefined` where there is none. */
  get(name: string): Promise<Uint8Array | undefined>;
  /** Calls back when an object may have changed: a hint only, also after every reconnect. Returns how to stop. */
  watch(changed: (name: string) => void): () => void;
}
