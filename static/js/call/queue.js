/** The people who wait, for hosts: a list in the panel, a notice and a sound for who is new. */
import { Emitter } from "../lib/emitter.js";
import { gettext, interpolate } from "../lib/i18n.js";
import { byId, hueOf, initials, make } from "./dom.js";
import { toast } from "./toasts.js";

/** @typedef {{id: string, name: string, guest: boolean, asked_at: string}} WaitingPerson */

/** @extends {Emitter<{admit: string, deny: string, "admit-all": undefined, changed: number}>} */
export class Queue extends Emitter {
  /** @type {WaitingPerson[]} */
  #people = [];
  #fetch;

  /** @param {() => Promise<{people: WaitingPerson[]}>} fetch */
  constructor(fetch) {
    super();
    this.#fetch = fetch;
    byId("admit-all").onclick = () => this.emit("admit-all", undefined);
  }

  get count() {
    return this.#people.length;
  }

  async refresh() {
    const answer = await this.#fetch().catch(() => null); // down or no host any more: nothing new to show
    if (answer) this.#show(answer.people);
  }

  clear() {
    this.#show([]);
  }

  /** @param {WaitingPerson[]} people */
  #show(people) {
    const known = new Set(this.#people.map(({ id }) => id));
    const isNew = people.filter(({ id }) => !known.has(id));
    this.#people = people;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.key;
    byId("waiting-list").replaceChildren(...people.map((person) => this.#row(person)));
    if (focused) /** @type {HTMLElement | null} */ (byId("waiting-list").querySelector(`[data-key="${focused}"]`))?.focus();
    byId("waiting-people").hidden = people.length === 0;
    for (const person of isNew) this.#announce(person);
    this.emit("changed", people.length);
  }

  /** @param {WaitingPerson} person */
  #announce(person) {
    knock();
    toast(interpolate(gettext("%(name)s asks to join"), { name: person.name }));
  }

  /** @param {WaitingPerson} person */
  #row(person) {
    return make("li", { class: "person" }, [
      make("span", { class: `avatar small ${hueOf(person.id)}`, "aria-hidden": "true" }, [initials(person.name)]),
      make("span", { class: "person-name" }, [
        make("bdi", {}, [person.name]),
        make("span", { class: "muted small" }, [person.guest ? gettext("Guest") : ""]),
      ]),
      this.#button("admit", person, gettext("Admit"), interpolate(gettext("Admit %(name)s"), { name: person.name })),
      this.#button("deny", person, gettext("Deny"), interpolate(gettext("Deny %(name)s"), { name: person.name })),
    ]);
  }

  /**
   * @param {"admit" | "deny"} what
   * @param {WaitingPerson} person
   * @param {string} text
   * @param {string} label
   */
  #button(what, person, text, label) {
    const kind = what === "admit" ? "primary" : "";
    const attributes = { type: "button", class: `button small ${kind}`, "aria-label": label, title: label };
    const button = make("button", { ...attributes, "data-key": `${what} ${person.id}` }, [text]);
    button.onclick = () => this.emit(what, person.id);
    return button;
  }
}

/** Two short low notes. */
function knock() {
  const context = new AudioContext();
  const gain = new GainNode(context, { gain: 0.12 });
  gain.connect(context.destination);
  for (const start of [0, 0.18]) {
    const note = new OscillatorNode(context, { frequency: 220 });
    note.connect(gain);
    note.start(context.currentTime + start);
    note.stop(context.currentTime + start + 0.09);
    if (start) note.onended = () => void context.close();
  }
}
