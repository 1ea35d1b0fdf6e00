/** In front of the door: where one stands, what the host says, and the way out. */
import { gettext, interpolate } from "../lib/i18n.js";
import { byId } from "./dom.js";

export class Waiting {
  #root = byId("waiting");

  /** @param {() => void} cancel */
  constructor(cancel) {
    byId("stop-waiting").onclick = cancel;
  }

  get isShown() {
    return !this.#root.hidden;
  }

  /** @param {{waiting: number, message: string}} place */
  show({ waiting, message }) {
    const isNew = this.#root.hidden;
    this.#root.hidden = false;
    byId("waiting-status").textContent = gettext("Waiting for the host to let you in");
    byId("waiting-message").textContent = message;
    byId("waiting-message").hidden = message === "";
    this.move(waiting);
    if (isNew) byId("waiting-title").focus();
  }

  /** @param {number} place in the queue, from 1 */
  move(place) {
    const text = place === 1 ? gettext("You are next.") : gettext("You are number %(place)s in the queue.");
    byId("waiting-place").textContent = interpolate(text, { place });
  }

  hide() {
    this.#root.hidden = true;
  }
}
