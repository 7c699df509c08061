import { dirname, join, posix } from 'node:path';
import type { Text } from './forbidden-text.ts';

const LINK = /\]\(([^)\s]+)\)/g;
const CODE_SPAN = /`([^`\n]+)`/g;
const FENCE = /^( *)```.*\n[\s\S]*?^\1```/gm;
/** Paths of the clone as texts name them; build and test output is not there in a fresh one. */
const OWN_PATH = /^(?:\.ci|apps|deploy|docs|examples|libs|scripts|test)\/[\w./-]+$/;
const OUTPUT = /(?:^|\/)(?:dist|reports)(?:\/|$)/;
/** A block that says which file it shows: `<!-- examples/a.yaml -->` on the line before its fence. */
const QUOTATION = /^<!-- (\S+) -->\n```\w*\n([\s\S]*?)^```/gm;

/**
 * Where a text no longer says what is there, one sentence each: a link or a path in backticks that leads nowhere, a quoted
 * file that reads otherwise.
 * @param read what a file of the clone holds; `''` for a folder, `undefined` where there is nothing.
 */
export function documentationFaults(texts: readonly Text[], read: (path: string) => string | undefined): string[] {
  return texts.flatMap(({ path, content }) => {
    const prose = content.replaceAll(FENCE, '');
    const links = [...prose.matchAll(LINK)]
      .map((match) => match[1] ?? '')
      .filter((link) => !/^(?:[a-z]+:|#)/.test(link));
    const spans = [...prose.matchAll(CODE_SPAN)].map((match) => match[1] ?? '');
    const paths = spans.filter((span) => OWN_PATH.test(span) && !OUTPUT.test(span));
    return [
      ...links
        .filter((link) => read(join(dirname(path), link.replace(/#.*$/, ''))) === undefined)
        .map((link) => `${path} links to ${link}, which is not there.`),
      ...paths
        .filter((named) => read(posix.normalize(named)) === undefined)
        .map((named) => `${path} names ${named}, which is not there.`),
      ...[...content.matchAll(QUOTATION)]
        .filter(([, file = '', shown]) => read(file) !== shown)
        .map(([, file]) => `${path} shows ${file} otherwise than it is.`),
    ];
  });
}
