import { VoormanError } from '@voorman/envelope';

/** A manifest that cannot be used, as it is shown to people. */
export interface Problem {
  readonly file: string;
  /** From 1; absent where the fault has no place in the text. */
  readonly line?: number;
  readonly code: string;
  /** The sentence without its place. */
  readonly message: string;
  readonly next: string;
}

/** Where a fault lies. */
export interface Place {
  readonly file: string;
  readonly line?: number | undefined;
}

/** The root of all faults of manifests; each knows its place. */
export abstract class ManifestError extends VoormanError {
  readonly file: string;
  readonly line: number | undefined;

  constructor(
    place: Place,
    readonly sentence: string,
    options?: ErrorOptions,
  ) {
    super(`${place.file}${place.line === undefined ? '' : `:${place.line}`}: ${sentence}`, options);
    this.file = place.file;
    this.line = place.line;
  }

  toProblem(): Problem {
    const line = this.line === undefined ? {} : { line: this.line };
    return { file: this.file, ...line, code: this.code, message: this.sentence, next: this.next };
  }
}

/** The file or folder is missing, too large, or not readable by this user. */
export class ManifestUnreadableError extends ManifestError {
  readonly code = 'registry/unreadable';
  readonly next = 'Check the path and its permissions.';
}

/** The text is not YAML, or YAML that two readers could read in two ways. */
export class InvalidYamlError extends ManifestError {
  readonly code = 'registry/invalid-yaml';
  readonly next = 'Correct the line; two spaces indent one level, and every key stands once.';
}

/** The YAML says something that a manifest cannot say. */
export class InvalidManifestError extends ManifestError {
  readonly code = 'registry/invalid-manifest';
  readonly next = 'Compare the file with docs/protocol/tool.schema.json or agent.schema.json.';
}

/** Two manifests of one kind have one name. */
export class DuplicateNameError extends ManifestError {
  readonly code = 'registry/duplicate-name';
  readonly next = 'Rename one of the two; the first one stays in use.';
}

/** An agent counts on a tool that is not there. */
export class UnknownToolError extends ManifestError {
  readonly code = 'registry/unknown-tool';
  readonly next = 'Add the tool’s manifest, or take the tool out of the agent’s list.';
}
