import type { Language } from './language.ts';
import type { CodeLine } from './scanner.ts';

/** What a block of code is for. `cleanup` runs on every way out: finally, defer, with, using. */
export type BlockKind = 'function' | 'try' | 'catch' | 'cleanup' | 'branch' | 'loop' | 'other';

/** A block that begins within the lines looked at; `to` is the index of its last line, the last line if it stays open. */
export interface Block {
  readonly kind: BlockKind;
  readonly from: number;
  to: number;
  isClosed: boolean;
}

/** For each line the blocks around it, outermost first, as far as the lines show them. */
export const blocksOf = (lines: readonly CodeLine[], language: Language): Block[][] =>
  language === 'python' || language === 'yaml' ? byIndent(lines) : byBraces(lines);

/** Whether something on this line runs on every way out. */
export const isCleanup = (line: CodeLine, around: readonly Block[]): boolean =>
  around.some((block) => block.kind === 'cleanup') || /^\s*(defer\b|(await\s+)?using\b)/.test(line.bare);

function byBraces(lines: readonly CodeLine[]): Block[][] {
  const stack: Block[] = [];
  let header = '';
  return lines.map(({ bare }, index) => {
    const around = [...stack];
    for (const sign of bare) {
      if (sign === '{') {
        const block: Block = { kind: braceKind(header), from: index, to: lines.length - 1, isClosed: false };
        stack.push(block);
        around.push(block);
        header = '';
      } else if (sign === '}') {
        const closed = stack.pop();
        if (closed) Object.assign(closed, { to: index, isClosed: true });
        header = '';
      } else if (sign === ';') header = '';
      else header += sign;
    }
    header += ' ';
    return around;
  });
}

function braceKind(header: string): BlockKind {
  if (/\bfinally\s*$|\bdefer\s+func\s*\(/.test(header)) return 'cleanup';
  if (/\btry\s*\(|\busing\s*\(/.test(header)) return 'cleanup'; // try-with-resources
  if (/\bcatch\b|\brescue\b/.test(header)) return 'catch';
  if (/\btry\s*$/.test(header)) return 'try';
  if (/\b(if|else|switch|case|unless|match)\b/.test(header)) return 'branch';
  if (/\b(for|while|do|loop)\b/.test(header)) return 'loop';
  if (/=>\s*$|\b(function|func|fn|def)\b|\)\s*(:\s*[^=]+|throws\s[\w.,\s]+)?\s*$/.test(header)) return 'function';
  return 'other';
}

function byIndent(lines: readonly CodeLine[]): Block[][] {
  const stack: (Block & { readonly indent: number })[] = [];
  return lines.map(({ bare, indent }, index) => {
    if (bare.trim() === '') return [...stack];
    while (stack.length > 0 && indent <= (stack.at(-1)?.indent ?? 0)) {
      const closed = stack.pop();
      if (closed) Object.assign(closed, { to: index - 1, isClosed: true });
    }
    if (/:\s*$/.test(bare)) {
      stack.push({ kind: pythonKind(bare.trim()), from: index, to: lines.length - 1, isClosed: false, indent });
    }
    return [...stack];
  });
}

function pythonKind(header: string): BlockKind {
  const word = /^(?:async\s+)?(\w+)/.exec(header)?.[1] ?? '';
  const kinds: Readonly<Record<string, BlockKind>> = {
    ...{ def: 'function', try: 'try', except: 'catch', finally: 'cleanup', with: 'cleanup' },
    ...{ if: 'branch', elif: 'branch', else: 'branch', match: 'branch', case: 'branch', for: 'loop', while: 'loop' },
  };
  return Object.hasOwn(kinds, word) ? (kinds[word] ?? 'other') : 'other';
}
