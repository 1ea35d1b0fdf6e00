const STEPS = [250, 500, 1000, 2000, 4000, 8000]; // milliseconds

/**
 * How long to wait before try number `tries` (from 0), with up to half of it by chance, so that a restarted server
 * is not met by everybody at once.
 * @param {number} tries
 */
export function delay(tries) {
  const step = STEPS[Math.min(tries, STEPS.length - 1)];
  return step / 2 + (Math.random() * step) / 2;
}
