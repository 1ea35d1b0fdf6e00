/** The select "To": everyone, or one person alone. Whoever was chosen stays chosen until somebody else is. */
import { gettext, interpolate } from "../lib/i18n.js";

/** @typedef {import("./mentions.js").Named} Named */

export class Recipient {
  #row;
  #select;
  #problem;
  #changed;
  /** @type {Named[]} */
  #people = [];
  /** @type {Named | null} */
  #chosen = null;
  #allowed = true;
  #hidden = false;
  #put = "";

  /**
   * @param {{row: HTMLElement, select: HTMLSelectElement, problem: HTMLElement}} parts
   * @param {() => void} changed another one was chosen
   */
  constructor({ row, select, problem }, changed) {
    this.#row = row;
    this.#select = select;
    this.#problem = problem;
    this.#changed = changed;
    select.addEventListener("change", () => {
      this.pick(this.#people.find(({ participant }) => participant === select.value) ?? null);
    });
  }

  /** Whom alone it is for; null for everyone. */
  get chosen() {
    return this.#chosen;
  }

  /** Why nothing can be sent to whom was chosen; "" where it can. */
  get problem() {
    if (!this.#chosen) return "";
    if (!this.#allowed) return gettext("The host has turned off private messages. Choose Everyone to write to all.");
    if (this.#isHere) return "";
    return interpolate(gettext("%(name)s is not here any more. Choose whom to write to."), { name: this.#chosen.name });
  }

  get #isHere() {
    return this.#people.some(({ participant }) => participant === this.#chosen?.participant);
  }

  /** @param {Named | null} person */
  pick(person) {
    this.#chosen = person;
    this.#show();
    this.#changed();
  }

  /** @param {Named[]} people who are inside, without this person */
  setPeople(people) {
    this.#people = people.toSorted((a, b) => a.name.localeCompare(b.name));
    this.#chosen = people.find(({ participant }) => participant === this.#chosen?.participant) ?? this.#chosen;
    this.#show();
  }

  /** @param {boolean} allowed whether the room has private messages */
  allow(allowed) {
    this.#allowed = allowed;
    this.#show();
  }

  /** @param {boolean} hidden while a message is edited, which keeps its readers */
  hide(hidden) {
    this.#hidden = hidden;
    this.#show();
  }

  focus() {
    this.#select.focus();
  }

  #show() {
    const offered = this.#allowed ? this.#people : [];
    this.#row.hidden = this.#hidden || (!this.#chosen && offered.length === 0);
    const gone = this.#chosen && !offered.some(({ participant }) => participant === this.#chosen?.participant);
    this.#offer([{ participant: "", name: gettext("Everyone") }, ...offered, ...(gone ? [this.#chosen] : [])]);
    this.#select.value = this.#chosen?.participant ?? "";
    const { problem } = this;
    if (this.#problem.textContent !== problem) this.#problem.textContent = problem;
    this.#select.setAttribute("aria-invalid", String(problem !== ""));
  }

  /**
   * An open list is left alone as long as it says the same.
   * @param {(Named | null)[]} people
   */
  #offer(people) {
    const put = JSON.stringify(people);
    if (put === this.#put) return;
    this.#put = put;
    this.#select.replaceChildren(...people.map((one) => new Option(one?.name, one?.participant)));
    for (const option of this.#select.options) option.dir = "auto";
  }
}
