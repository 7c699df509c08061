export { envelopes, notTokens, payloadsOf, publishedEnvelopes, recordTypes, tokens } from './arbitraries.js';
export { arbitraryOf } from './schema-arbitrary.js';
