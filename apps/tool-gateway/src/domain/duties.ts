/** What policy asks along with its allow, as far as it decides whether and how a call begins. */
export interface Duties {
  /** JSON pointers into the output. */
  readonly redact: readonly string[];
  readonly maxRows?: number;
  readonly conditions: readonly { readonly table: string; readonly where: string }[];
  /** A person has to agree first; why, in policy's words. */
  readonly approval?: string;
  /** Prepare, do not send. */
  readonly draft: boolean;
  /** The profile of the program's sandbox. */
  readonly sandbox?: string;
}

/** An obligation that the gateway does not know, or cannot see to for such a tool: a refusal. */
export interface Unmet {
  readonly unmet: string;
}
