/** Intervals that keep their pace in a hidden page, once `useWorker` was called. */

/** @type {Worker | null} */
let worker = null;
let lastId = 0;
/** @type {Map<number, () => void>} */
const beats = new Map();

/** @param {string} url of ticker-worker.js */
export function useWorker(url) {
  worker = new Worker(url);
  worker.onmessage = ({ data }) => beats.get(data)?.();
}

/**
 * @param {number} milliseconds
 * @param {() => void} beat
 * @returns {() => void} stops it
 */
export function every(milliseconds, beat) {
  if (!worker) {
    const timer = setInterval(beat, milliseconds);
    return () => clearInterval(timer);
  }
  const id = ++lastId;
  beats.set(id, beat);
  worker.postMessage({ id, every: milliseconds });
  return () => {
    beats.delete(id);
    worker?.postMessage({ id, every: null });
  };
}
