import { asyncApi } from './asyncapi.js';
import { protocolGuide } from './guide.js';
import { jsonSchemas } from './json-schemas.js';

/**
 * Every generated file under docs/protocol with its text, by its path there.
 * @param sample the text of outside-publisher.mjs, which is written by hand.
 */
export const protocolDocuments = (sample: string): ReadonlyMap<string, string> =>
  new Map([
    ...[...jsonSchemas()].map(([path, schema]): [string, string] => [path, `${JSON.stringify(schema, null, 2)}\n`]),
    ['asyncapi.yaml', `# Generated from the schemas by \`npm run protocol\`; edit those.\n${asyncApi()}`],
    ['README.md', protocolGuide(sample)],
  ]);
