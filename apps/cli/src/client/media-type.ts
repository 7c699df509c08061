/** How much of a file tells what it is. Bytes. */
export const SNIFFED_BYTES = 64 * 1024;

/** What a file is, or why it cannot be read as text. */
export type Sniffed = { readonly mediaType: string } | { readonly binary: string };

/**
 * What a file's beginning and name say it is: a unified diff, a log, a contract, or just text. A packed log passes as it
 * is, since the tool that reads logs unpacks it.
 */
export function sniff(name: string, head: Uint8Array): Sniffed {
  if (head[0] === 0x1f && head[1] === 0x8b) {
    return /\.log(\.\d+)?\.gz$/i.test(name)
      ? { mediaType: 'text/x-log' }
      : { binary: 'is packed; unpack it first, or let its name end in .log.gz if it is a log' };
  }
  if (head.includes(0)) return { binary: 'is a binary file, not text' };
  const text = new TextDecoder('utf-8').decode(head);
  const lines = text.split(/\r?\n/).slice(0, 400);
  if (isDiff(lines)) return { mediaType: 'text/x-diff' };
  if (isLog(name, lines)) return { mediaType: 'text/x-log' };
  if (isContract(name, text, lines)) return { mediaType: 'text/x-contract' };
  return { mediaType: 'text/plain' };
}

/** A hunk's heading behind the names of its two files. */
function isDiff(lines: readonly string[]): boolean {
  const old = lines.findIndex((line, index) => line.startsWith('--- ') && lines[index + 1]?.startsWith('+++ '));
  if (old >= 0 && lines.slice(old + 2).some((line) => /^@@ -\d+(,\d+)? \+\d+(,\d+)? @@/.test(line))) return true;
  return lines.some((line) => /^diff --git a\/.+ b\/.+/.test(line));
}

const STAMPS = [
  /^\W{0,3}\d{4}[-/]\d{2}[-/]\d{2}[T ]\d{2}:\d{2}/,
  /^(<\d+>)?(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2} \d{2}:\d{2}:\d{2}/,
  /\[\d{2}\/(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\/\d{4}:\d{2}:\d{2}:\d{2}/,
  /^\W{0,3}\d{2}:\d{2}:\d{2}([.,]\d+)?\b/,
  /^\[?(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d/,
  /^[IWEF]\d{4} \d{2}:\d{2}:\d{2}/,
  /^\d{6} \d{6}\b|^\d{2}\/\d{2}\/\d{2,4} \d{2}:\d{2}:\d{2}/,
  /\b(ts|time|timestamp)=\S/,
  /^-? ?\d{9,13}(\.\d+)? /,
];
const LEVEL = /^\W{0,3}(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE)\b/i;
const LEVEL_INSIDE = /[[\s|](TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE)[\]\s:|]/;

/** A third of the lines begin like records, or the name says it and nothing speaks against it. */
function isLog(name: string, lines: readonly string[]): boolean {
  const spoken = lines.filter((line) => line.trim() !== '');
  const records = spoken.filter((line) => isRecord(line)).length;
  if (records > 0 && records >= spoken.length / 3) return true;
  return /\.(log|jsonl|ndjson)(\.\d+)?$/i.test(name);
}

const isRecord = (line: string): boolean =>
  /^\s*\{".*\}\s*$/.test(line) ||
  LEVEL.test(line) ||
  LEVEL_INSIDE.test(line) ||
  STAMPS.some((stamp) => stamp.test(line));

const LEGAL =
  /\b(agreement|contract|part(y|ies)|hereby|hereinafter|shall|liabilit(y|ies)|indemnif\w+|terminat\w+|governing law|confidential\w*)\b/gi;

/** Numbered clauses in the words of contracts. */
function isContract(name: string, text: string, lines: readonly string[]): boolean {
  const clauses = lines.filter((line) =>
    /^\s*(§ ?\d|(article|section|clause) \d|\d+(\.\d+)*[.)] +\S)/i.test(line),
  ).length;
  const words = new Set((text.match(LEGAL) ?? []).map((word) => word.toLowerCase())).size;
  if (clauses >= 3 && words >= 3) return true;
  return words >= 2 && /(contract|agreement|nda|terms|msa)/i.test(name);
}
