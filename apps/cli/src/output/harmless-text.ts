/**
 * Spans of code units that a terminal would obey rather than show: control characters but for line ends and tabs, and marks
 * that hide, or turn the direction of what stands behind them.
 */
const OBEYED = [
  ...[[0x00, 0x08] as const, [0x0b, 0x1f] as const, [0x7f, 0x9f] as const, [0x200b, 0x200b] as const],
  ...[[0x200e, 0x200f] as const, [0x2028, 0x202e] as const, [0x2060, 0x2069] as const, [0xfeff, 0xfeff] as const],
];
const unit = (code: number): string => `\\u${code.toString(16).padStart(4, '0')}`;
const PATTERN = new RegExp(`[${OBEYED.map(([from, to]) => `${unit(from)}-${unit(to)}`).join('')}]`, 'g');

/**
 * The text with all that a terminal would obey spelled out, such as `\u001b`: bots, tools and strangers write what people
 * read here before they agree to it.
 */
export const harmless = (text: string): string =>
  text.replaceAll('\r\n', '\n').replace(PATTERN, (sign) => unit(sign.charCodeAt(0)));
