/**
 * Events in the order of their `seq`. Late ones are waited for a moment; after that the state is asked for again.
 */
const PATIENCE = 400; // milliseconds

/** @typedef {import("./socket.js").ServerEvent} ServerEvent */

export class Sequence {
  #seq = 0;
  #timer = 0;
  /** @type {Map<number, ServerEvent>} */
  #early = new Map();
  #apply;
  #resync;

  /**
   * @param {(event: ServerEvent) => void} apply gets each event once and in order
   * @param {() => void} resync is called when one is missing; answer with `start`
   */
  constructor(apply, resync) {
    this.#apply = apply;
    this.#resync = resync;
  }

  get seq() {
    return this.#seq;
  }

  /** @param {number} seq of a snapshot that is now the state */
  start(seq) {
    this.#seq = seq;
    this.#settle();
    this.#advance();
  }

  /** @param {ServerEvent} event */
  take(event) {
    if (event.seq === undefined) {
      this.#apply(event);
    } else if (event.seq > this.#seq) {
      this.#early.set(event.seq, event);
      this.#advance();
    }
  }

  /**
   * The server has counted to here.
   * @param {number} seq
   */
  expect(seq) {
    if (seq > this.#seq) this.#wait();
  }

  stop() {
    this.#settle();
    this.#early.clear();
  }

  #advance() {
    for (const seq of this.#early.keys()) if (seq <= this.#seq) this.#early.delete(seq);
    for (let next = this.#early.get(this.#seq + 1); next; next = this.#early.get(this.#seq + 1)) {
      this.#early.delete(++this.#seq);
      this.#apply(next);
    }
    if (this.#early.size > 0) this.#wait();
    else this.#settle();
  }

  #wait() {
    this.#timer ||= setTimeout(() => {
      this.#timer = 0;
      this.#resync();
    }, PATIENCE);
  }

  #settle() {
    clearTimeout(this.#timer);
    this.#timer = 0;
  }
}
