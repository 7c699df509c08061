import type { Clause, Contract, Line, Paragraph } from './contract.ts';
import { type Heading, type Item, openingOf } from './heading.ts';
import { paragraphOf } from './paragraph.ts';
import { partiesOf } from './party.ts';
import { topicOf } from './topic.ts';

interface Draft {
  number: string;
  title: string;
  line: Line;
  paragraphs: Paragraph[];
}

/** Takes a contract apart into clauses and paragraphs, and names its parties. Plain text or markdown, any line length. */
export function readContract(source: string, text: string): Contract {
  const reader = new Reader();
  const lines = text.split('\n').map((line, i) => ({ at: i + 1, text: line.replace(/\r$/, '') }));
  for (const [i, line] of lines.entries()) {
    const isAlone = [lines[i - 1], lines[i + 1]].every((other) => (other?.text.trim() ?? '') === '');
    reader.read(line, isAlone);
  }
  return reader.finish(source);
}

/** Collects lines to paragraphs and paragraphs to clauses, line by line. */
class Reader {
  readonly #preamble: Paragraph[] = [];
  readonly #drafts: Draft[] = [];
  #run: Line[] = [];
  #number = '';
  #numberLength = 0;
  #hasTitle = false;

  read(line: Line, isAlone: boolean): void {
    const isRule = /^\s*([-_*=]\s*){3,}$/.test(line.text);
    // `as set out in section`, and on the next line `7. This …`: the sentence goes on, nothing begins.
    const isBroken = /^\s*\d/.test(line.text) && /[a-z,]$/i.test(this.#run.at(-1)?.text.trimEnd() ?? '');
    const opening = line.text.trim() === '' || isRule ? 'gap' : isBroken ? undefined : openingOf(line.text, isAlone);
    if (opening === 'gap') this.#close();
    else if (opening?.kind === 'heading') this.#readHeading(line, opening);
    else if (opening?.kind === 'item') this.#readItem(line, opening);
    else this.#run.push(line);
  }

  finish(source: string): Contract {
    this.#close();
    const written = this.#drafts.filter(({ paragraphs, title }) => paragraphs.length > 0 || title !== '');
    const clauses = written.map(toClause);
    return { source, preamble: this.#preamble, clauses, parties: partiesOf(this.#preamble, clauses) };
  }

  #readHeading(line: Line, { number, title, rest }: Heading): void {
    const isFirst =
      !this.#hasTitle && this.#drafts.length === 0 && this.#preamble.length === 0 && this.#run.length === 0;
    if (isFirst && number === '') {
      this.#hasTitle = true; // of the contract itself
      return;
    }
    this.#close();
    this.#drafts.push({ number, title, line, paragraphs: [] });
    if (rest === '') return;
    this.#run = [line];
    this.#numberLength = line.text.length - rest.length;
  }

  #readItem(line: Line, { number, length }: Item): void {
    this.#close();
    // `1.` to `9.` are clauses of their own, unless they count the paragraphs under a heading.
    const isClause = /^(\d+|[IVX]+)$/.test(number) && (this.#drafts.at(-1)?.title ?? '') === '';
    if (isClause) this.#drafts.push({ number, title: '', line, paragraphs: [] });
    this.#run = [line];
    this.#number = number;
    this.#numberLength = length;
  }

  #close(): void {
    const home = this.#drafts.at(-1)?.paragraphs ?? this.#preamble;
    if (this.#run.length > 0) home.push(paragraphOf(this.#number, this.#run, this.#numberLength));
    this.#run = [];
    this.#number = '';
    this.#numberLength = 0;
  }
}

/** An untitled clause is called by its first words. */
function toClause({ number, title, line, paragraphs }: Draft): Clause {
  const words = paragraphs[0]?.text.split(/\s+/) ?? [];
  const name = title === '' ? `${words.slice(0, 6).join(' ')}${words.length > 6 ? '…' : ''}` : title;
  return { number, title: name, line, paragraphs, topic: topicOf(title, paragraphs) };
}
