/** How large this page draws each picture, told to the relay when it changes, and not more often than needed. */

const EVERY = 200; // milliseconds

/** @typedef {Record<string, number>} Heights pixels by "participant/source"; what is not named is not drawn */

export class Wishes {
  #tell;
  #told = "";
  /** @type {Heights} */
  #heights = {};
  #timer = 0;

  /** @param {(heights: Heights) => void} tell */
  constructor(tell) {
    this.#tell = tell;
  }

  /** @param {Heights} heights */
  set(heights) {
    this.#heights = Object.fromEntries(Object.entries(heights).filter(([, height]) => height > 0));
    if (!this.#timer) this.#say();
  }

  /** Who was told may have forgotten. */
  repeat() {
    this.#told = "";
    this.#say();
  }

  stop() {
    clearTimeout(this.#timer);
  }

  #say() {
    const now = JSON.stringify(this.#heights);
    if (now === this.#told) return;
    this.#told = now;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      this.#say();
    }, EVERY);
    this.#tell(this.#heights);
  }
}
