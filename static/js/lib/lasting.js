/** Acts on what lasts too long; and when it still lasts after twice that time, again, and so on. */
export class Lasting {
  #act;
  #timer = 0;

  /** @param {() => void} act */
  constructor(act) {
    this.#act = act;
  }

  /**
   * @param {boolean} isSo now
   * @param {number} [patience] milliseconds, from the first time that it was so
   */
  look(isSo, patience = 0) {
    if (!isSo) {
      clearTimeout(this.#timer);
      this.#timer = 0;
      return;
    }
    this.#timer ||= setTimeout(() => {
      this.#timer = 0;
      this.look(true, 2 * patience);
      this.#act();
    }, patience);
  }
}
