/** Who is typing now: others by their events, forgotten after a while; oneself told, not too often. */
import { gettext, interpolate } from "../lib/i18n.js";

const FORGOTTEN_AFTER = 3000; // milliseconds
const TOLD_EVERY = 2000;

export class Typing {
  /** @type {Map<string, {name: string, timer: number}>} */
  #others = new Map();
  #told = -Infinity;
  #tell;
  #changed;

  /**
   * @param {(on: boolean) => void} tell
   * @param {() => void} changed
   */
  constructor(tell, changed) {
    this.#tell = tell;
    this.#changed = changed;
  }

  /** Told when this person has changed what stands in the field. @param {string} text @param {number} [now] */
  typed(text, now = performance.now()) {
    const typing = text.trim() !== "";
    if (typing ? now - this.#told < TOLD_EVERY : this.#told === -Infinity) return;
    this.#told = typing ? now : -Infinity;
    this.#tell(typing);
  }

  /** The message is on its way, which says enough. */
  sent() {
    this.#told = -Infinity;
  }

  /** @param {{participant: string, name: string, on: boolean}} event */
  heard({ participant, name, on }) {
    clearTimeout(this.#others.get(participant)?.timer);
    if (!on && !this.#others.has(participant)) return;
    this.#others.delete(participant);
    const forget = () => this.heard({ participant, name, on: false });
    if (on) this.#others.set(participant, { name, timer: setTimeout(forget, FORGOTTEN_AFTER) });
    this.#changed();
  }

  /** A sentence, or "". */
  get words() {
    const names = [...this.#others.values()].map(({ name }) => name);
    if (names.length === 0) return "";
    if (names.length === 1) return interpolate(gettext("%(name)s is typing…"), { name: names[0] });
    if (names.length > 2) return gettext("Several people are typing…");
    return interpolate(gettext("%(one)s and %(other)s are typing…"), { one: names[0], other: names[1] });
  }
}
