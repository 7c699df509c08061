import fc from 'fast-check';
import { type Envelope, EnvelopeHead } from '../envelope.js';
import { PublishedEnvelope } from '../published-envelope.js';
import { catalogue, type PayloadOf, type RecordType } from '../records/catalogue.js';
import { mayWrite, SERVICES } from '../writers.js';
import { anyText, arbitraryOf } from './schema-arbitrary.js';

/** Every record type of the catalogue. */
export const recordTypes = Object.keys(catalogue) as RecordType[];

/** Tokens of every allowed length. */
export const tokens: fc.Arbitrary<string> = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);

/** What is no token: characters that subjects would take for structure, look-alikes, nothing, and too much. */
export const notTokens: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    '.',
    '*',
    '>',
    'a.b',
    'a b',
    ' a',
    'a ',
    'a*',
    '>a',
    'а',
    'ａ',
    'a\u200b',
    'é',
    'a\n',
    '\0',
    '$SYS',
  ),
  fc
    .tuple(tokens, fc.constantFrom('.', '*', '>', ' ', '\t', '\n', '\r', '/', '$', '\u00a0', 'ｅ', '。'))
    .chain(([token, bad]) =>
      fc.nat(Math.min(token.length, 63)).map((at) => token.slice(0, at) + bad + token.slice(at)),
    ),
  fc.integer({ min: 65, max: 300 }).map((length) => 'a'.repeat(length)),
  anyText({ minLength: 1 }).filter((text) => !/^[A-Za-z0-9_-]{1,64}$/.test(text)),
);

const payloads = Object.fromEntries(recordTypes.map((type) => [type, arbitraryOf(catalogue[type])]));
const heads = arbitraryOf(EnvelopeHead);

/** Payloads that fit a record type. */
export const payloadsOf = <T extends RecordType>(type: T): fc.Arbitrary<PayloadOf<T>> =>
  payloads[type] as fc.Arbitrary<PayloadOf<T>>;

/** Names that may write a record type. */
export const writersOf = (type: RecordType): fc.Arbitrary<string> => {
  const service = SERVICES.find((name) => mayWrite(name, type));
  return service === undefined || mayWrite('some-bot', type)
    ? tokens.filter((name) => !SERVICES.includes(name))
    : fc.constant(service);
};

/** Valid envelopes of the given types; of any type where none is named. */
export const envelopes = (...types: readonly RecordType[]): fc.Arbitrary<Envelope> =>
  fc
    .constantFrom(...(types.length === 0 ? recordTypes : types))
    .chain((type) => fc.tuple(fc.constant(type), heads, payloadsOf(type), tokens, writersOf(type)))
    .map(
      ([type, head, payload, id, source_agent]) =>
        ({ ...head, type, payload, source_agent, id: `${source_agent}.${id}` }) as Envelope,
    );

/** What outside publishers may send. */
export const publishedEnvelopes: fc.Arbitrary<PublishedEnvelope> = arbitraryOf(PublishedEnvelope);
