/** The messages that this page knows: a run without holes up to the latest, in order. */

/**
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").Page} Page
 */

export class Timeline {
  /** @type {Message[]} */
  #messages = [];
  #more = false;

  get messages() {
    return this.#messages;
  }

  /** Whether the server has older ones. */
  get more() {
    return this.#more;
  }

  get oldest() {
    return this.#messages[0]?.number ?? 0;
  }

  get newest() {
    return this.#messages.at(-1)?.number ?? 0;
  }

  /**
   * The latest page. What was known before it stays only if nothing can be missing in between.
   * @param {Page} page
   */
  show({ messages, more }) {
    const first = messages[0]?.number ?? 0;
    const known = new Set(this.#messages.map(({ id }) => id));
    const kept = messages.some(({ id }) => known.has(id)) ? this.#messages.filter(({ number }) => number < first) : [];
    this.#messages = [...kept, ...messages];
    if (kept.length === 0) this.#more = more;
  }

  /** @param {Page} page of what is older than `oldest` */
  prepend({ messages, more }) {
    const oldest = this.oldest;
    this.#messages = [...messages.filter(({ number }) => number < oldest), ...this.#messages];
    this.#more = more;
  }

  /** @param {Message} message */
  add(message) {
    if (this.#messages.some(({ id }) => id === message.id)) return false;
    const after = this.#messages.findLastIndex(({ number }) => number < message.number);
    this.#messages = this.#messages.toSpliced(after + 1, 0, message);
    return true;
  }
}
