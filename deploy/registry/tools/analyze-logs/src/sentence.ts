import type { Citations } from './citations.ts';
import { commonAddress } from './findings/address.ts';
import { type Finding, quote } from './findings/finding.ts';
import { fillIn, hasWildcards } from './findings/literal.ts';

/**
 * Says a finding in a sentence or two. Needs the cited lines: values that never change are shown instead of wildcards, and
 * an address that most of the lines share is named.
 */
export class Narrator {
  readonly #citations: Citations;
  /** Lines that have nothing to do with a finding: an address that stands in them too says nothing. */
  readonly #control: readonly string[];

  constructor(citations: Citations, control: readonly string[]) {
    this.#citations = citations;
    this.#control = control;
  }

  /** @param cite the place that proves it, if it is to be named. */
  tell(finding: Finding, cite?: string): string {
    const { name, detail, folded = 0 } = finding;
    const said = cite === undefined ? detail : `${detail.slice(0, -1)} (${cite}).`;
    const subject = name === 'none' ? '' : `${quote({ text: this.nameOf(finding) })} `;
    const along = folded === 1 ? ' Another message goes along with it.' : ` ${folded} other messages go along with it.`;
    return subject + said + this.#address(finding, subject) + (folded === 0 ? '' : along);
  }

  /** What it is about, with its values as far as they are known: the route, the message, the very line. */
  nameOf({ name, subject, places, sample = [] }: Finding): string {
    const [place] = places;
    if (name === 'line' && place !== undefined) {
      const line = this.#citations.cite(place).text.trim();
      return hasWildcards(subject.text) ? (fillIn(subject.text, [line]) ?? line) : subject.text;
    }
    if (sample.length < 2 || !hasWildcards(subject.text)) return subject.text;
    return (
      fillIn(
        subject.text,
        sample.map((at) => this.#citations.cite(at).text),
      ) ?? subject.text
    );
  }

  #address({ sample = [] }: Finding, told: string): string {
    const common = commonAddress(
      sample.map((place) => this.#citations.cite(place).text),
      this.#control,
    );
    if (common === undefined || told.includes(common.address)) return '';
    const lines = common.lines === common.of ? `all ${common.of}` : `${common.lines} of ${common.of}`;
    return ` ${common.address} stands in ${lines} lines looked at.`;
  }
}
