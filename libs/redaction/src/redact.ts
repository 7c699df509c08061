import type { JsonObject, Redacted } from '@voorman/envelope';
import { type Detector, markOf } from './detector.js';
import { kindUnderKey, maySay } from './detectors/assignments.js';
import { detectorsBut, secretDetectors } from './detectors.js';
import type { Digester } from './digest.js';
import { childOf, type FieldPointer, fieldPointer, remaining } from './field-pointer.js';
import { takeOut } from './text.js';

/** What is taken out, what stays, and how what was taken out can be told apart. */
export interface RedactionRules {
  /** JSON pointers of what is taken out whole; `*` stands for any key or index. What is not there is passed over. */
  readonly fields?: readonly string[];
  /** Kinds of personal data that stay; secrets never do. */
  readonly keep?: readonly string[];
  /** Whose key the digests carry. */
  readonly digester: Digester;
}

/** A value as it may be recorded, and what is missing from it. */
export interface Redaction {
  /** The value without what was taken out; the very same object where there was nothing. */
  readonly value: JsonObject;
  /** What was taken out, in the order of the value; each place, kind and digest once, at most `MAX_LISTED`. */
  readonly redacted: Redacted[];
}

/** As many as a record may list. More are taken out all the same. */
export const MAX_LISTED = 1_000;

/** Deeper than any record may nest: taken out whole, rather than let a stack overflow decide. */
const MAX_DEPTH = 128;

/**
 * Takes out the fields that are named, and secrets and personal data wherever they stand: in values, within texts, in
 * keys. In place of each stands `[redacted:<kind>]`. Doing it twice is doing it once.
 * @throws {RangeError} for a field that is no JSON pointer.
 */
export function redact(value: JsonObject, rules: RedactionRules): Redaction {
  const redacted: Redacted[] = [];
  const seen = new Set<string>();
  const walk = new Walk(detectorsBut(rules.keep ?? []), new Set(), (pointer, kind, given) => {
    if (redacted.length >= MAX_LISTED) return;
    const digest = rules.digester.digest(given);
    const line = `${pointer} ${kind} ${digest}`;
    if (seen.has(line)) return;
    seen.add(line);
    redacted.push({ pointer, kind, digest });
  });
  const fields = (rules.fields ?? []).map(fieldPointer);
  return { value: walk.visit(value, { ...ROOT, fields }) as JsonObject, redacted };
}

/** The value without its secrets, for what is written where no list of them has a place. */
export const redactSecrets = <Value>(value: Value): Value =>
  new Walk(secretDetectors, withoutSecrets, () => {}).visit(value, ROOT) as Value;

/** Short texts in which no detector of secrets found anything; bounded, as they come from outside. */
const withoutSecrets = new Set<string>();
const MAX_KEPT = 4_000;
const MAX_KEPT_LENGTH = 64;

/** Where the walk stands. */
interface Place {
  readonly parent: Place | undefined;
  /** Its own key or index, as it may be shown. */
  readonly shown: string;
  /** The nearest key of an object above: a list's items stand under its name. */
  readonly name: string;
  /** What is left of the pointers that lead here or deeper. */
  readonly fields: readonly FieldPointer[];
  readonly depth: number;
}

const ROOT: Place = { parent: undefined, shown: '', name: '', fields: [], depth: 0 };

class Walk {
  constructor(
    private readonly detectors: readonly Detector[],
    private readonly harmless: Set<string>,
    private readonly take: (pointer: string, kind: string, given: unknown) => void,
  ) {}

  visit(value: unknown, place: Place): unknown {
    if (place.fields.some((field) => field.length === 0)) return this.#whole(value, place, 'field');
    if (typeof value === 'string') {
      const kind = kindUnderKey(place.name, value);
      return kind === undefined ? this.#text(value, place) : this.#whole(value, place, kind);
    }
    if (typeof value === 'number') {
      const kind = isLong(value) ? kindUnderKey(place.name, String(value)) : undefined;
      return kind === undefined ? value : this.#whole(value, place, kind);
    }
    if (typeof value !== 'object' || value === null) return value;
    if (place.depth === MAX_DEPTH) return this.#whole(value, place, 'too-deep');
    return Array.isArray(value) ? this.#list(value, place) : this.#object(value as Record<string, unknown>, place);
  }

  #list(list: readonly unknown[], place: Place): unknown {
    let copy: unknown[] | undefined;
    list.forEach((item, index) => {
      const next = this.visit(item, below(place, String(index), place.name));
      if (next === item) return;
      copy ??= [...list];
      copy[index] = next;
    });
    return copy ?? list;
  }

  #object(object: Record<string, unknown>, place: Place): unknown {
    const keys = Object.keys(object);
    const renamed = new Set<string>();
    const counts = new Map<string, number>();
    let entries: [string, unknown][] | undefined;
    for (const [index, key] of keys.entries()) {
      const item = object[key];
      const bare = this.#text(key, place);
      if (bare === key && this.#isPlain(key, item, place)) {
        entries?.push([key, item]);
        continue;
      }
      let name = bare;
      // Keys that become alike are told apart by a number, counted on from the last: thousands of them must not take their square.
      for (
        let count = counts.get(bare) ?? 2;
        bare !== key && (renamed.has(name) || Object.hasOwn(object, name));
        count++
      ) {
        name = `#${count} ${bare}`;
        counts.set(bare, count + 1);
      }
      const next = this.visit(item, below(place, key, key, name));
      if (name !== key) renamed.add(name);
      else if (next === item && entries === undefined) continue;
      entries ??= keys.slice(0, index).map((kept): [string, unknown] => [kept, object[kept]]);
      entries.push([name, next]);
    }
    // Made from entries, a field named __proto__ stays the plain field that it is in parsed JSON.
    return entries === undefined ? object : Object.fromEntries(entries);
  }

  /** Most values of most records: nothing that the walk could find, without setting a foot there. */
  #isPlain(key: string, item: unknown, { fields }: Place): boolean {
    if (fields.length > 0) return false;
    if (typeof item === 'string') return this.harmless.has(item) && !maySay(key);
    if (typeof item === 'number') return !isLong(item);
    return typeof item !== 'object' || item === null;
  }

  /** Short texts, names of fields above all, come again and again: what was found to be harmless is not looked at twice. */
  #text(text: string, place: Place): string {
    const { harmless } = this;
    const isKept = text.length <= MAX_KEPT_LENGTH;
    if (isKept && harmless.has(text)) return text;
    const bare = takeOut(text, this.detectors, (span, given) =>
      this.take(pointerOf(place), span.kind, span.meant ?? given),
    );
    if (isKept && bare === text) {
      if (harmless.size === MAX_KEPT) harmless.clear();
      harmless.add(text);
    }
    return bare;
  }

  /** What is marked already stays as it is: else a second time would digest the mark. */
  #whole(value: unknown, place: Place, kind: string): unknown {
    if (value === markOf(kind)) return value;
    this.take(pointerOf(place), kind, value);
    return markOf(kind);
  }
}

/** One step down. @param shown the key as it may be shown. */
const below = (place: Place, key: string, name: string, shown = key): Place => ({
  parent: place,
  shown,
  name,
  fields: remaining(place.fields, key),
  depth: place.depth + 1,
});

/** A number of fewer digits under such a name counts something. */
const isLong = (value: number): boolean => Number.isInteger(value) && Math.abs(value) >= 1_000;

/** Put together only where something is taken out. */
const pointerOf = (place: Place): string =>
  place.parent === undefined ? '' : childOf(pointerOf(place.parent), place.shown);
