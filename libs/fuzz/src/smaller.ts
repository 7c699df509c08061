/** Values that are a step smaller than this one, the boldest first; none for what is smallest of its kind. */
export function* smaller(value: unknown): Generator<unknown> {
  if (typeof value === 'string') yield* shorter(value);
  else if (typeof value === 'number') yield* nearerToZero(value);
  else if (value === true) yield false;
  else if (Array.isArray(value)) yield* fewer(value);
  else if (typeof value === 'object' && value !== null) yield* lesser(value as Readonly<Record<string, unknown>>);
}

/** By whole characters: half of one is no text. */
function* shorter(text: string): Generator<string> {
  if (text === '') return;
  const characters = [...text];
  yield* [...new Set([0, 1, 2, 3].map((quarters) => Math.floor((characters.length * quarters) / 4)))].map((length) =>
    characters.slice(0, length).join(''),
  );
  yield characters.slice(0, -1).join('');
  yield characters.slice(1).join('');
}

function* nearerToZero(number: number): Generator<number> {
  if (number === 0 || !Number.isFinite(number)) return;
  yield 0;
  if (number < 0) yield -number;
  if (!Number.isInteger(number)) yield Math.trunc(number);
  if (Math.abs(number) > 1) {
    yield Math.trunc(number / 2);
    yield number - Math.sign(number);
  }
}

function* fewer(list: readonly unknown[]): Generator<readonly unknown[]> {
  if (list.length > 0) yield [];
  if (list.length > 3) yield list.slice(0, Math.floor(list.length / 2));
  for (const index of list.keys()) yield list.toSpliced(index, 1);
  for (const [index, entry] of list.entries()) for (const one of smaller(entry)) yield list.with(index, one);
}

function* lesser(object: Readonly<Record<string, unknown>>): Generator<Readonly<Record<string, unknown>>> {
  for (const key of Object.keys(object)) {
    const { [key]: _gone, ...rest } = object;
    yield rest;
  }
  for (const [key, inner] of Object.entries(object)) for (const one of smaller(inner)) yield { ...object, [key]: one };
}
