import type { Rule } from '../finding.ts';
import { findPatterns, type Pattern } from './pattern.ts';

const says = 'The other side’s certificate is no longer checked: anyone on the way can read and change the traffic.';
const off = (looksLike: RegExp, text = says): Pattern => ({ looksLike, severity: 'high', says: text });

const patterns: readonly Pattern[] = [
  off(/\brejectUnauthorized["']?\s*[:=]\s*false\b/),
  off(/NODE_TLS_REJECT_UNAUTHORIZED["'\]]*\s*[:=]\s*["']?0/),
  off(/\bInsecureSkipVerify["']?\s*[:=]\s*true\b/),
  off(/\bverify(_ssl|_certs)?\s*=\s*False\b|\bCERT_NONE\b|check_hostname\s*=\s*False\b|_create_unverified_context/),
  off(/\b(TrustAll\w*|ALLOW_ALL_HOSTNAME_VERIFIER|NoopHostnameVerifier|InsecureTrustManagerFactory)\b/),
  off(/\b(curl|wget)\b.*\s(-k|--insecure|--no-check-certificate)\b/),
  off(
    /\b(proxy_)?ssl_verify["']?\s*[:=\s]\s*(off|false|0)\b|\binsecure(-|_)?skip(-|_)?(tls-?)?verify["']?\s*[:=]\s*true\b/i,
  ),
  off(
    /\bsslmode["']?\s*[:=]\s*["']?(disable|allow)\b|\buseSSL=false\b/i,
    'The database connection is no longer encrypted.',
  ),
  off(
    /\bStrictHostKeyChecking[=\s]+["']?no\b/i,
    'The host’s key is no longer checked: anyone on the way can pose as it.',
  ),
];

/** New settings that switch off the checking of certificates or encryption. */
export const tlsDisabled: Rule = {
  name: 'tls-verification-off',
  check: (file) =>
    file.isTest || file.language === 'prose' ? [] : findPatterns('tls-verification-off', file, patterns),
};
