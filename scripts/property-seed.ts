/**
 * Run before every spec file: the generated examples are the same at every run, so that a change lands or fails by what it
 * changes and never by luck. `VOORMAN_SEED=random npm test` looks for examples nobody has seen yet, and a failure names the
 * seed; `VOORMAN_SEED=<integer>` plays those of that seed again.
 */
import fc from 'fast-check';

const COMMON_SEED = 2_718_281;

const given = process.env.VOORMAN_SEED ?? '';
if (given !== 'random' && !/^(-?\d{1,10})?$/.test(given)) {
  throw new Error(`VOORMAN_SEED is "${given}"; give an integer or the word random.`);
}
if (given !== 'random') fc.configureGlobal({ seed: given === '' ? COMMON_SEED : Number(given) });
