/** Beats while a page sleeps in the background: browsers slow a hidden page's timers down, a worker's they leave. */

/** @type {Map<number, number>} */
const timers = new Map();

/** @param {MessageEvent<{id: number, every: number | null}>} event `every` in milliseconds, null to stop */
self.onmessage = ({ data: { id, every } }) => {
  clearInterval(timers.get(id));
  if (every === null) timers.delete(id);
  else timers.set(id, setInterval(() => self.postMessage(id), every));
};
