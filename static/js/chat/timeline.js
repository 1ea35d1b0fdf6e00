/** The messages that this page knows: a run without holes up to the latest, in order. */

const QUOTED = 80; // characters, as the server does

/**
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").Page} Page
 */

export class Timeline {
  /** @type {Message[]} */
  #messages = [];
  #more = false;
  /** What became of messages since the latest page was shown: a page that was read before may come after.
   * @type {Map<string, Message | null>} */
  #changes = new Map();

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
   * @param {{whole?: boolean}} [how] `whole`: whether what was known before it is still as it was
   */
  show({ messages, more }, { whole = true } = {}) {
    this.#changes.clear();
    const first = messages[0]?.number ?? 0;
    const known = new Set(this.#messages.map(({ id }) => id));
    const kept = whole && messages.some(({ id }) => known.has(id)) ? this.#messages.filter(({ number }) => number < first) : [];
    this.#messages = [...kept, ...messages];
    if (kept.length === 0) this.#more = more;
  }

  /** @param {Page} page of what is older than `oldest` */
  prepend({ messages, more }) {
    const oldest = this.oldest;
    this.#messages = [...this.#asChanged(messages.filter(({ number }) => number < oldest)), ...this.#messages];
    this.#more = more;
  }

  /** @param {Message} message */
  add(message) {
    if (this.#changes.get(message.id) === null) return false;
    if (this.#messages.some(({ id }) => id === message.id)) return false;
    const after = this.#messages.findLastIndex(({ number }) => number < message.number);
    this.#messages = this.#messages.toSpliced(after + 1, 0, message);
    return true;
  }

  /** @param {Message} message as it is now */
  replace(message) {
    this.#changes.set(message.id, message);
    this.#messages = this.#asChanged(this.#messages);
  }

  /**
   * @param {string} id
   * @param {Partial<Message>} change
   */
  patch(id, change) {
    const message = this.#messages.find((one) => one.id === id);
    if (message) this.replace({ ...message, ...change });
  }

  /** @param {string} id */
  remove(id) {
    this.#changes.set(id, null);
    this.#messages = this.#asChanged(this.#messages);
  }

  /** @param {Message[]} messages */
  #asChanged(messages) {
    return messages
      .flatMap((one) => this.#changes.get(one.id) ?? (this.#changes.has(one.id) ? [] : [one]))
      .map((one) => this.#requoted(one));
  }

  /**
   * A quote says what the original says now.
   * @param {Message} message
   */
  #requoted(message) {
    const original = message.reply_to && this.#changes.get(message.reply_to.id);
    if (!message.reply_to || original === undefined) return message;
    const text = original && Array.from(original.content).slice(0, QUOTED).join("");
    return { ...message, reply_to: text === null ? null : { ...message.reply_to, text } };
  }
}
