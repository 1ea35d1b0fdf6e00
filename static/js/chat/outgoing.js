/** What was typed here and is not yet in the thread. Sent one after the other, so the order stays. */
import { Refusal } from "../protocol/refusal.js";

const PAUSE = 1100; // milliseconds after "too often"

/**
 * @typedef {import("./types.js").Draft} Draft
 * @typedef {import("./types.js").Message} Message
 */

export class Outgoing {
  /** @type {Draft[]} */
  #drafts = [];
  #sending = false;
  #send;
  #changed;

  /**
   * @param {(draft: Draft) => Promise<void>} send rejects with a Refusal; "socket.down" keeps the draft for `flush`
   * @param {() => void} changed
   */
  constructor(send, changed) {
    this.#send = send;
    this.#changed = changed;
  }

  get drafts() {
    return this.#drafts;
  }

  /**
   * @param {string} content
   * @param {Pick<Draft, "replyTo" | "to" | "mentions">} around
   */
  add(content, around) {
    const draft = { ...around, clientId: newId(), content, at: new Date().toISOString(), problem: "" };
    this.#keep([...this.#drafts, draft]);
    void this.flush();
  }

  /** @param {string} clientId */
  retry(clientId) {
    this.#keep(this.#drafts.map((one) => (one.clientId === clientId ? { ...one, problem: "" } : one)));
    void this.flush();
  }

  /** @param {string} clientId */
  discard(clientId) {
    this.#keep(this.#drafts.filter((one) => one.clientId !== clientId));
  }

  /** @param {Message[]} messages of this person's; those that are among them have arrived */
  settle(messages) {
    const arrived = new Set(messages.map((one) => one.client_id));
    const left = this.#drafts.filter((one) => !arrived.has(one.clientId));
    if (left.length < this.#drafts.length) this.#keep(left);
  }

  /** Sends what waits; called again when the connection is back. */
  async flush() {
    if (this.#sending) return;
    this.#sending = true;
    try {
      for (let next = this.#next(); next && (await this.#deliver(next)); next = this.#next());
    } finally {
      this.#sending = false;
    }
  }

  #next() {
    return this.#drafts.find((one) => one.problem === "");
  }

  /**
   * Whether to go on.
   * @param {Draft} draft
   */
  async #deliver(draft) {
    try {
      await this.#send(draft);
      this.discard(draft.clientId);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code === "socket.down") return false;
      if (error.code === "rate.exceeded") await new Promise((done) => setTimeout(done, PAUSE));
      else this.#fail(draft.clientId, error.text);
    }
    return true;
  }

  /**
   * @param {string} clientId
   * @param {string} problem
   */
  #fail(clientId, problem) {
    this.#keep(this.#drafts.map((one) => (one.clientId === clientId ? { ...one, problem } : one)));
  }

  /** @param {Draft[]} drafts */
  #keep(drafts) {
    this.#drafts = drafts;
    this.#changed();
  }
}

/** A UUID; randomUUID exists only where the page came over HTTPS or from this machine. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-a$4-$5");
}
