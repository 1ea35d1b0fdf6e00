/** Asks for the grid again while somebody looks at it, and puts it in where it is another. */

import { every } from "../lib/ticker.js";

const PACE = 30_000; // milliseconds

export class Live {
  #part;
  #grid;
  #shown = "";
  /** Nothing is put anew under a hand that drags. */
  paused = false;

  /**
   * @param {HTMLElement} part
   * @param {import("./grid.js").Grid} grid
   */
  constructor(part, grid) {
    this.#part = part;
    this.#grid = grid;
    every(PACE, () => void this.#look());
    document.addEventListener("visibilitychange", () => void this.#look());
  }

  async #look() {
    if (document.hidden || this.paused) return;
    this.#grid.showNow();
    await this.renew();
  }

  /** A failure leaves what is there, until next time. */
  async renew() {
    const text = await fetch(this.#part.dataset.part ?? "", { cache: "no-cache" })
      .then((answer) => (answer.ok && !answer.redirected ? answer.text() : ""))
      .catch(() => "");
    if (!text || text === this.#shown || this.paused) return;
    this.#shown = text;
    const focused = this.#grid.focused;
    const scrolled = this.#grid.table?.parentElement?.scrollLeft ?? 0;
    this.#part.innerHTML = text;
    this.#grid.prepare();
    if (this.#grid.table?.parentElement) this.#grid.table.parentElement.scrollLeft = scrolled;
    this.#grid.focusAgain(focused);
  }
}
