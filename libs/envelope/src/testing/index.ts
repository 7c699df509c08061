export { envelopes, notTokens, payloadsOf, publishedEnvelopes, recordTypes, tokens } from './arbitraries.js';
export { anyText, arbitraryOf } from './schema-arbitrary.js';
