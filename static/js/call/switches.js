/** The room's switches, live: each shows what holds now, whoever has changed it. */
import { byId } from "./dom.js";

/** @typedef {import("../protocol/types.js").Room} Room */

export class Switches {
  #inputs = /** @type {HTMLInputElement[]} */ ([...byId("meeting-settings").querySelectorAll("[role=switch]")]);
  /** @type {Set<HTMLInputElement>} whose change is on its way */
  #asked = new Set();
  /** @type {Room | null} */
  #room = null;

  /** @param {(setting: string, on: boolean) => Promise<boolean>} set */
  constructor(set) {
    const button = byId("open-meeting-settings");
    button.onclick = () => {
      const open = byId("meeting-settings").toggleAttribute("hidden");
      button.setAttribute("aria-expanded", String(!open));
    };
    for (const input of this.#inputs) input.onchange = () => void this.#ask(input, set);
  }

  /** @param {Room} room */
  show(room) {
    this.#room = room;
    for (const input of this.#inputs) if (!this.#asked.has(input)) this.#showOne(input);
  }

  /**
   * @param {HTMLInputElement} input
   * @param {(setting: string, on: boolean) => Promise<boolean>} set
   */
  async #ask(input, set) {
    this.#asked.add(input);
    const done = await set(input.name, input.checked);
    this.#asked.delete(input);
    if (!done) this.#showOne(input);
  }

  /** @param {HTMLInputElement} input */
  #showOne(input) {
    if (this.#room) input.checked = Boolean(this.#room[/** @type {keyof Room} */ (input.name)]);
  }
}
