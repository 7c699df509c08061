import type { Fault } from '@voorman/envelope';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { attachmentPathsIn } from './attachment-paths.js';
import type { JsonSchema } from './json-schema.js';
import { checking, isLarge, mayBeEndless } from './patient-check.js';
import { type Checked, sentenceFor } from './refusal.js';
import { isJsonSchema, toJsonSchema, withAttachments } from './short-form.js';
import type { ToolManifest } from './tool-manifest.js';
import { sizeOf } from './value-size.js';

/** A tool whose calls can be checked. */
export interface CompiledTool<Manifest extends ToolManifest = ToolManifest> {
  readonly manifest: Manifest;
  readonly inputSchema: JsonSchema;
  readonly outputSchema: JsonSchema;
  /** `undefined` where a call may go ahead; else `arguments/invalid` with one sentence. Never throws. */
  checkArguments(args: unknown): Fault | undefined;
  /** `undefined` where the tool gave what it promised; else `output/invalid` with one sentence. Never throws. */
  checkOutput(output: unknown): Fault | undefined;
  /** JSON pointers of the arguments that are an Attachment or a list of them, such as `/log`. */
  readonly attachmentPaths: readonly string[];
}

/**
 * Prepares the checks of one tool. Values are never coerced, defaults never filled in.
 * @throws {Error} in ajv's words when a schema is not valid JSON Schema 2020-12; `loadTool` makes it a problem.
 */
export function compileTool<Manifest extends ToolManifest>(manifest: Manifest): CompiledTool<Manifest> {
  const inputSchema = toJsonSchema(manifest.schema.input, 'input');
  const outputSchema = toJsonSchema(manifest.schema.output, 'output');
  const ajv = checkers();
  // As it was written it is read strictly; what closing it adds stands where no type does.
  const isWritten = isJsonSchema(manifest.schema.input);
  if (isWritten) compile(ajv.strictInput, withAttachments(manifest.schema.input), true);
  const input = {
    validate: compile(isWritten ? ajv.closedInput : ajv.strictInput, inputSchema, false),
    mayBeEndless: mayBeEndless(inputSchema),
  };
  const output = {
    validate: compile(ajv.output, outputSchema, isJsonSchema(manifest.schema.output)),
    mayBeEndless: mayBeEndless(outputSchema),
  };
  const { name } = manifest;
  const signature = signatureOf(name, inputSchema);
  return {
    manifest,
    inputSchema,
    outputSchema,
    attachmentPaths: attachmentPathsIn(inputSchema),
    checkArguments(args) {
      const message = faultIn(args, input, { what: name, field: 'parameter', schema: inputSchema });
      return message === undefined ? undefined : { code: 'arguments/invalid', message, next: signature };
    },
    checkOutput(value) {
      const about = { what: `the output of ${name}`, field: 'field', schema: outputSchema, hidesValues: true } as const;
      const message = faultIn(value, output, about);
      const next = `Correct the tool ${name}, or what its manifest promises.`;
      return message === undefined ? undefined : { code: 'output/invalid', message, next };
    },
  };
}

/** The checkers for all tools, made at the first use: what they know of JSON Schema itself takes long to compile. */
interface Checkers {
  readonly strictInput: Ajv2020;
  readonly closedInput: Ajv2020;
  readonly output: Ajv2020;
}
let made: Checkers | undefined;

function checkers(): Checkers {
  // All faults of an input: the invented name is told before what follows from it. Of an output the first one will do.
  made ??= {
    strictInput: checker({ allErrors: true }),
    closedInput: checker({ allErrors: true, strictTypes: false }),
    output: checker({}),
  };
  return made;
}

function checker(options: { readonly allErrors?: boolean; readonly strictTypes?: false }): Ajv2020 {
  const ajv = new Ajv2020({
    strict: true,
    ...options,
    allowUnionTypes: true,
    coerceTypes: false,
    useDefaults: false,
    validateSchema: false,
    logger: false,
    // Else 19.99 is no multiple of 0.01, whose quotient is a hair below a whole number, and 1e21 none of 1.
    multipleOfPrecision: 6,
    // A parameter named `constructor` is missing where only the prototype has it.
    ownProperties: true,
  });
  addFormats.default(ajv);
  return ajv;
}

/** @throws {Error} where a schema that somebody wrote is none; what a short form stands for needs no look. */
function compile(ajv: Ajv2020, schema: JsonSchema, isWritten: boolean): ValidateFunction {
  if (isWritten && ajv.validateSchema(schema, true) !== true) throw new TypeError('a schema must not be asynchronous');
  const validate = ajv.compile(schema);
  // Two tools may use one `$id`.
  ajv.removeSchema(schema);
  return validate;
}

/** A schema that is ready to judge. */
interface Judge {
  readonly validate: ValidateFunction;
  readonly mayBeEndless: boolean;
}

/** A sentence on what does not fit, or `undefined`. What cannot be checked to its end does not fit. */
function faultIn(value: unknown, { validate, mayBeEndless }: Judge, about: Omit<Checked, 'value'>): string | undefined {
  const given = `What was given as ${about.field}s of ${about.what}`;
  const size = sizeOf(value);
  if (typeof size === 'string') return `${given} ${size}.`;
  const checked = checking(mayBeEndless || isLarge(size), () =>
    validate(value) ? undefined : sentenceFor(validate.errors ?? [], { ...about, value }),
  );
  if ('result' in checked) return checked.result;
  return checked.gaveUp === 'time'
    ? `${given} takes too long to check against its schema.`
    : `${given} cannot be checked: its schema leads back to itself without end.`;
}

/** What a caller can do now: every parameter with its type. */
function signatureOf(name: string, schema: JsonSchema): string {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
  const required = new Set(schema.required as readonly string[] | undefined);
  const parts = properties.map(([key, inner]) => `${key} (${typeName(inner)}${required.has(key) ? '' : ', optional'})`);
  const text = parts.length === 0 ? `${name} takes no arguments.` : `${name} takes ${parts.join(', ')}.`;
  return text.length > 900 ? `${text.slice(0, 900)}…` : text;
}

function typeName(schema: JsonSchema): string {
  if (typeof schema.$ref === 'string') return schema.$ref.split('/').at(-1)?.toLowerCase() ?? 'value';
  if (schema.type === 'array' && typeof schema.items === 'object' && schema.items !== null) {
    return `list of ${typeName(schema.items as JsonSchema)}`;
  }
  return Array.isArray(schema.type) ? schema.type.join(' or ') : String(schema.type ?? 'any value');
}
