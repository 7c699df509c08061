import type { JsonSchema } from '../json-schema.js';
import type { AllOf } from './all-of.js';

/** A place where a value of the inner schema may not fit the outer one. */
export interface Gap {
  /** JSON pointer of the place in the value; `*` stands for any entry. */
  readonly at: string;
  readonly rule:
    | 'type'
    | 'choices'
    | 'range'
    | 'length'
    | 'pattern'
    | 'format'
    | 'required'
    | 'gone'
    | 'others'
    | 'unclear';
  /** What the outer schema allows there, and what the inner one does, in a few words; empty where there are none. */
  readonly outer: string;
  readonly inner: string;
}

/** What the parts of a comparison hand down. */
export interface Comparing {
  readonly at: string;
  readonly inner: AllOf;
  /** The member of the outer schema that is looked at, and the whole conjunction that it stands in. */
  readonly member: JsonSchema;
  readonly outer: AllOf;
  /** Compares what lies within: every value that fits `inner` has to fit `outer`. */
  readonly within: (at: string, inner: AllOf, outer: AllOf) => readonly Gap[];
}
