/**
 * Looks that never run twice at once, or an answer that was slow would undo a newer one; those asked for meanwhile become
 * one more, since what changed may have changed behind the look that is under way.
 * @returns asks for a look; resolves when nothing is left to look at. Rejects with what `look` threw; the next one begins
 * anew.
 */
export function oneAtATime(look: () => Promise<void>): () => Promise<void> {
  let looking: Promise<void> | undefined;
  let again = false;
  const lookUntilCurrent = async (): Promise<void> => {
    try {
      do {
        again = false;
        await look();
      } while (again);
    } finally {
      // In the same turn as the last question whether to look again: what is asked for later begins a row of its own.
      looking = undefined;
    }
  };
  return () => {
    again = true;
    looking ??= lookUntilCurrent();
    return looking;
  };
}
