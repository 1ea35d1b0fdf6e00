/** The people panel: who is here, hands in their order, and what a host may do. */
import { Emitter } from "../lib/emitter.js";
import { gettext, interpolate } from "../lib/i18n.js";
import { byId, hueOf, initials, make } from "./dom.js";

/**
 * @typedef {import("../protocol/types.js").Person} Person
 * @typedef {import("./roster.js").Roster} Roster
 */

/** @type {Record<Person["role"], () => string>} */
const ROLES = {
  HOST: () => gettext("Host"),
  COHOST: () => gettext("Co-host"),
  PARTICIPANT: () => "",
  GUEST: () => gettext("Guest"),
};

/** @extends {Emitter<{remove: Person, lock: boolean}>} */
export class PeoplePanel extends Emitter {
  #roster;
  #you = "";
  #list = byId("people-list");

  /** @param {Roster} roster */
  constructor(roster) {
    super();
    this.#roster = roster;
    byId("lock-room").onclick = () => this.emit("lock", !roster.room?.locked);
    roster.on("changed", () => this.#show());
  }

  /** @param {string} you */
  start(you) {
    this.#you = you;
  }

  get #hosting() {
    const role = this.#roster.get(this.#you)?.role;
    return role === "HOST" || role === "COHOST";
  }

  #show() {
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.key;
    this.#list.replaceChildren(...this.#roster.people.map((person) => this.#row(person)));
    if (focused) /** @type {HTMLElement | null} */ (this.#list.querySelector(`[data-key="${focused}"]`))?.focus();
    byId("host-tools").hidden = !this.#hosting;
    const locked = this.#roster.room?.locked ?? false;
    byId("lock-room").querySelector("span")?.replaceChildren(locked ? gettext("Unlock meeting") : gettext("Lock meeting"));
    byId("locked-badge").hidden = !locked;
  }

  /** @param {Person} person */
  #row(person) {
    const isYou = person.id === this.#you;
    const name = isYou ? interpolate(gettext("%(name)s (you)"), { name: person.name }) : person.name;
    return make("li", { class: "person" }, [
      make("span", { class: `avatar small ${hueOf(person.id)}`, "aria-hidden": "true" }, [face(person)]),
      make("span", { class: "person-name" }, [
        make("bdi", {}, [name]),
        make("span", { class: "muted small" }, [[ROLES[person.role](), ...this.#facts(person)].filter(Boolean).join(" · ")]),
      ]),
      ...(this.#hosting && !isYou && person.role !== "HOST" ? [this.#removeButton(person)] : []),
    ]);
  }

  /** @param {Person} person */
  #facts(person) {
    const place = this.#roster.hands.indexOf(this.#roster.get(person.id) ?? person);
    return [
      person.microphone ? "" : gettext("muted"),
      person.camera ? "" : gettext("camera off"),
      person.screen ? gettext("presenting") : "",
      place >= 0 ? interpolate(gettext("hand raised, number %(place)s"), { place: place + 1 }) : "",
      person.connected ? "" : gettext("reconnecting"),
    ];
  }

  /** @param {Person} person */
  #removeButton(person) {
    const label = interpolate(gettext("Remove %(name)s"), { name: person.name });
    const button = make("button", {
      type: "button",
      class: "button small danger",
      "aria-label": label,
      title: label,
      "data-key": `remove ${person.id}`,
    });
    button.textContent = gettext("Remove");
    button.onclick = () => this.emit("remove", person);
    return button;
  }
}

/** @param {Person} person @returns {Node | string} */
function face(person) {
  return person.avatar ? make("img", { src: person.avatar, alt: "" }) : initials(person.name);
}
