import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import type { SecretLintRuleContext, SecretLintSourceCode } from '@secretlint/types';
import type { Detector, Span } from '../detector.js';

const API_KEY = 'api-key';

/**
 * By what cheap sign a rule of the preset can find anything. A rule without a line here runs on every text: a newer
 * preset costs time, and loses nothing.
 */
const SIGNS: Readonly<Record<string, string>> = {
  npm: 'npm_|_authToken|x-oauth-basic',
  slack: 'xox[bpaor]-|xapp-|hooks\\.slack',
  sendgrid: 'SG\\.',
  shopify: 'shp(?:pa|ca|at|ss)_',
  stripe: '[sr]k_(?:live|test)_',
  github: 'gh[opusr]_|github_pat_',
  gitlab: 'glpat-',
  grafana: 'gl(?:c|sa)_',
  openai: 'T3BlbkFJ',
  anthropic: 'sk-ant-',
  groq: 'gsk_',
  huggingface: 'hf_',
  linear: 'lin_api_',
  notion: 'ntn_',
  '1password': 'ops_',
  'hashicorp-vault': 'hv[sbr]\\.',
  vercel: 'vc[piark]_',
  databricks: 'dapi',
  docker: 'dckr_pat_',
  figma: 'figd_',
  cloudflare: 'cf(?:k|ut|at)_',
  tailscale: 'tskey-',
};

/**
 * Rules that other detectors here stand in for, which take out the key whole (`privatekey`), leave the host of an address
 * standing (`basicauth`, `database-connection-string`) or hit the right place (`aws` tells the name's instead of the
 * key's); and what would let a text turn its own check off (`filter-comments`).
 */
const LEFT_OUT = new Set(['aws', 'privatekey', 'gcp', 'basicauth', 'database-connection-string', 'filter-comments']);

/** Shapes besides: AWS, seeds of NATS users, Google, age, Telegram, Twilio. */
const OWN_SHAPES =
  /(?<![A-Za-z0-9])A(?:KI|SI)A[A-Z2-7]{16}(?![A-Za-z0-9])|(?<![A-Za-z0-9])S[ACNOUX]A[A-Z2-7]{55}(?![A-Za-z0-9])|(?<![\w-])AIza[\w-]{35}(?![\w-])|AGE-SECRET-KEY-1[A-Z0-9]{58}|(?<!\w)\d{8,10}:AA[\w-]{33}(?![\w-])|(?<!\w)SK[0-9a-f]{32}(?!\w)/g;
const OWN_SIGN = 'A(?:KI|SI)A|S[ACNOUX]A[A-Z2-7]{9}|AIza|AGE-SECRET|:AA|SK[0-9a-f]{9}';

/** Keys of known shapes. The shapes are those of secretlint's recommended preset, run rule by rule without its engine. */
export const findApiKeys: Detector = (text, found) => {
  if (!ANY_SIGN.test(text)) return;
  if (OWN.test(text)) {
    for (const match of text.matchAll(OWN_SHAPES)) {
      found({ start: match.index, end: match.index + match[0].length, kind: API_KEY });
    }
  }
  for (const rule of kept) if (rule.sign === undefined || rule.sign.test(text)) rule.run(text, found);
};

interface KeptRule {
  readonly sign: RegExp | undefined;
  run(text: string, found: (span: Span) => void): void;
}

const kept: readonly KeptRule[] = rules.flatMap((rule) => {
  const name = rule.meta.id.replace(/^.*secretlint-rule-/, '');
  if (LEFT_OUT.has(name)) return [];
  // One context for each rule: they hold nothing between two texts, and none of them waits for anything.
  let report: (span: Span) => void = () => {};
  const context = {
    createTranslator: () => (messageId: string) => ({ message: messageId, messageId }),
    report: ({ range }: { range: readonly number[] }) =>
      report({ start: range[0] ?? 0, end: range[1] ?? 0, kind: API_KEY }),
    ignore: () => {},
  };
  const checks = rule.create(context as unknown as SecretLintRuleContext, {});
  const sign = SIGNS[name];
  return {
    sign: sign === undefined ? undefined : new RegExp(sign),
    run(text, found) {
      report = found;
      // A rule for text reads the content and nothing else of a source.
      checks.file?.({ content: text, contentType: 'text' } as SecretLintSourceCode);
    },
  };
});

const OWN = new RegExp(OWN_SIGN);
const ANY_SIGN = kept.some((rule) => rule.sign === undefined)
  ? /(?:)/
  : new RegExp([OWN_SIGN, ...Object.values(SIGNS)].join('|'));
