import type { ToolType } from '@voorman/registry';

/** A file of a new tool. */
export interface TemplateFile {
  readonly path: string;
  readonly text: string;
}

export const TOOL_TYPES: readonly ToolType[] = ['api', 'process', 'script', 'sql', 'mcp', 'mail', 'function'];

/**
 * The files of a new tool that `voorman tools check` accepts as they are.
 * @param schema path from the tool's folder to docs/protocol/tool.schema.json; `undefined` where there is none to refer to.
 */
export function toolTemplate(name: string, type: ToolType, schema: string | undefined): readonly TemplateFile[] {
  const { fields, input, output, effect, files = [] } = parts[type](name);
  const manifest = [
    ...(schema === undefined ? [] : [`# yaml-language-server: $schema=${schema}`]),
    `name: ${name}`,
    '# Grows with every change: a breaking change of input or output asks for a major version, more that is taken or',
    '# promised for a minor one, everything else for a patch. `voorman tools check` compares with the last commit.',
    'version: 0.1.0',
    '# Whoever chooses a tool, a planner or a model, goes by this sentence.',
    `description: ${JSON.stringify(`Says in one sentence what ${name} does.`)}`,
    `type: ${type}`,
    '# What a repetition does to the world: read (nothing), repeatable (no harm), once (never repeat it unasked).',
    `effect: ${effect}`,
    ...fields,
    'schema:',
    '  # Short form: string, integer, number, boolean, array, object, attachment; [] behind a type for a list, ? behind a',
    '  # name for what may be left out. A full JSON Schema (type: object, properties: …) may stand here as well.',
    `  input: ${input}`,
    `  output: ${output}`,
    'budget: { max_calls_per_session: 20 }',
    'timeout_ms: 10000',
    '',
  ].join('\n');
  return [{ path: 'tool.yaml', text: manifest }, ...files];
}

interface Parts {
  readonly fields: readonly string[];
  readonly input: string;
  readonly output: string;
  readonly effect: string;
  readonly files?: readonly TemplateFile[];
}

const parts: Readonly<Record<ToolType, (name: string) => Parts>> = {
  api: () => ({
    fields: [
      'endpoint: https://api.example/v1/search',
      'method: GET',
      '# Where arguments go. Without this, all of them go into the query (GET) or a JSON body (POST).',
      'request:',
      '  query: { q: "{{ args.query }}" }',
      '  # headers: { authorization: "Bearer {{ secrets.token }}" }',
      '# Secrets by reference: env, file, kubernetes or vault. Their values stand in no manifest, record or log.',
      '# secrets: { token: { env: SEARCH_TOKEN } }',
      'retry: { max_attempts: 3 }',
    ],
    input: '{ query: string }',
    output: '{ results: array }',
    effect: 'read',
  }),
  process: (name) => ({
    fields: [
      '# Run in this folder, without a shell, in a sandbox: arguments as JSON on standard input, the output as JSON on',
      '# standard output.',
      'command: [node, main.mjs]',
    ],
    input: '{ text: string }',
    output: '{ summary: string, words: integer }',
    effect: 'read',
    files: [{ path: 'main.mjs', text: program(name) }],
  }),
  script: () => ({
    fields: [
      '# Runs in an interpreter of its own, without files, network or clock. It sees `args` and ends with the output.',
      'source_file: main.js',
      'memory_mb: 32',
    ],
    input: '{ texts: "string[]" }',
    output: '{ longest: integer, count: integer }',
    effect: 'read',
    files: [
      {
        path: 'main.js',
        text: 'const longest = args.texts.reduce((most, text) => Math.max(most, text.length), 0);\n({ longest, count: args.texts.length });\n',
      },
    ],
  }),
  sql: () => ({
    fields: [
      '# A connection string, by reference; its user should be able to do no more than this tool does.',
      'connection: { env: ORDERS_DATABASE_URL }',
      'statement: select id, total from orders where customer = $1 order by id',
      'parameters: [customer]',
      'access: read',
      'tables: [orders]',
      'max_rows: 100',
    ],
    input: '{ customer: string }',
    output: '{ rows: array }',
    effect: 'read',
  }),
  mcp: () => ({
    fields: [
      '# The tools of an MCP server under a pinned description: no call goes out until somebody has approved its digest.',
      'server: { url: https://mcp.example/mcp }',
      'tool: search',
    ],
    input: '{ query: string }',
    output: '{ text?: string }',
    effect: 'read',
  }),
  mail: () => ({
    fields: [
      'smtp: { host: smtp.example, port: 587, security: starttls }',
      'from: agents@corp.example',
      '# draft: a person sees it, may change it, and sends it. send: it goes out at once, where policy allows.',
      'mode: draft',
      'recipients: ["@corp.example"]',
    ],
    input: '{ to: "string[]", cc?: "string[]", subject: string, text: string, html?: string }',
    output: '{ status: string }',
    effect: 'once',
  }),
  function: (name) => ({
    fields: [
      '# A handler that the deployer registers in the gateway’s own process (VOORMAN_FUNCTIONS).',
      `handler: ${name}`,
    ],
    input: '{ text: string }',
    output: '{ text: string }',
    effect: 'read',
  }),
};

const program = (
  name: string,
): string => `// ${name}: reads its arguments as JSON from standard input, writes its output as JSON to standard output.
// A fault is told as {"error": {"code": "…", "message": "…"}} with an exit code above 0.
let given = '';
for await (const part of process.stdin.setEncoding('utf8')) given += part;
const args = JSON.parse(given);

if (typeof args.text !== 'string') {
  const error = { code: '${name}/no-text', message: 'text must be a string.' };
  process.stdout.write(JSON.stringify({ error }));
  process.exitCode = 1;
} else {
  const words = args.text.split(/\\s+/).filter((word) => word !== '').length;
  process.stdout.write(JSON.stringify({ words, summary: \`The text has \${words} words.\` }));
}
`;
