/** Policy's reasons as the end of a sentence, without its period; `nothing allows it` where there are none. */
export const spokenReasons = (reasons: readonly string[]): string =>
  reasons.map((reason) => reason.replace(/\.$/, '')).join('; ') || 'nothing allows it';
