/** The people panel: who is here, hands in their order, and what a host may do about each. */
import { Emitter } from "../lib/emitter.js";
import { gettext, interpolate } from "../lib/i18n.js";
import { Menu } from "../lib/menu.js";
import { DEEDS, deedsFor } from "./deeds.js";
import { byId, withName } from "./dom.js";
import { PersonRow } from "./person.js";

/**
 * @typedef {import("../protocol/types.js").Person} Person
 * @typedef {import("./deeds.js").Deed} Deed
 * @typedef {import("./roster.js").Roster} Roster
 */

/** @type {Record<Person["role"], () => string>} */
const ROLES = {
  HOST: () => gettext("Host"),
  COHOST: () => gettext("Co-host"),
  PARTICIPANT: () => "",
  GUEST: () => gettext("Guest"),
};

/** @extends {Emitter<{deed: {deed: Deed, person: Person}}>} */
export class PeoplePanel extends Emitter {
  #roster;
  #list = byId("people-list");
  #items = /** @type {HTMLElement[]} */ ([...byId("person-menu").querySelectorAll("[data-act]")]);
  #menu = new Menu(byId("person-menu"), (deed, id) => this.#act(/** @type {Deed} */ (deed), id));
  /** @type {Map<string, PersonRow>} */
  #rows = new Map();
  /** @type {Set<string>} who is muted and sends sound all the same */
  #leaking = new Set();

  /** @param {Roster} roster */
  constructor(roster) {
    super();
    this.#roster = roster;
    roster.on("changed", () => this.#show());
  }

  /** @param {Set<string>} leaking */
  setLeaking(leaking) {
    if (leaking.size === this.#leaking.size && [...leaking].every((id) => this.#leaking.has(id))) return;
    this.#leaking = leaking;
    this.#show();
  }

  #show() {
    const focused = this.#list.contains(document.activeElement) ? document.activeElement : null;
    const { people } = this.#roster;
    const here = new Set(people.map(({ id }) => id));
    for (const [id, row] of this.#rows) if (!here.has(id)) this.#drop(id, row);
    let place = this.#list.firstElementChild;
    for (const person of people) {
      const { element } = this.#rowOf(person);
      if (element === place) place = place.nextElementSibling;
      else this.#list.insertBefore(element, place);
    }
    if (this.#menu.button?.hidden) this.#menu.close(false);
    if (focused) this.#keepFocus(focused);
  }

  /** @param {string} id @param {PersonRow} row */
  #drop(id, row) {
    if (this.#menu.button === row.more) this.#menu.close(false);
    row.element.remove();
    this.#rows.delete(id);
  }

  /** @param {Person} person */
  #rowOf(person) {
    const act = {
      deed: (/** @type {Deed} */ deed, /** @type {Person} */ about) => void this.emit("deed", { deed, person: about }),
      more: (/** @type {PersonRow} */ row) => this.#openMenu(row),
    };
    const row = this.#rows.get(person.id) ?? new PersonRow(person, act);
    this.#rows.set(person.id, row);
    const deeds = this.#deedsFor(person);
    row.update(person, {
      isYou: person.id === this.#roster.you,
      facts: this.#facts(person),
      leaks: this.#roster.hosting && !person.microphone && this.#leaking.has(person.id),
      deeds,
      more: this.#items.some(({ dataset }) => deeds.includes(/** @type {Deed} */ (dataset.act))),
    });
    return row;
  }

  /** @param {Person} person */
  #deedsFor(person) {
    return deedsFor({ person, me: this.#roster.me, room: this.#roster.room });
  }

  /** @param {Element} focused */
  #keepFocus(focused) {
    if (focused.isConnected && focused.checkVisibility()) return;
    const row = [...this.#rows.values()].find(({ element }) => element.contains(focused));
    if (row && !row.more.hidden) row.handOn(focused);
    else this.#list.focus();
  }

  /** @param {PersonRow} row */
  #openMenu({ more, person }) {
    for (const item of this.#items) {
      const text = DEEDS[/** @type {Deed} */ (item.dataset.act)].name();
      item.querySelector("span")?.replaceChildren(...withName(text, person.name));
    }
    this.#menu.toggle(more, { key: person.id, acts: this.#deedsFor(person) });
  }

  /** @param {Deed} deed @param {string} id */
  #act(deed, id) {
    const person = this.#roster.get(id);
    if (person) this.emit("deed", { deed, person });
  }

  /** @param {Person} person */
  #facts(person) {
    const place = this.#roster.hands.indexOf(person);
    return [
      ROLES[person.role](),
      person.microphone ? "" : gettext("muted"),
      person.camera ? "" : gettext("camera off"),
      person.screen ? gettext("presenting") : "",
      place >= 0 ? interpolate(gettext("hand raised, number %(place)s"), { place: place + 1 }) : "",
      person.spotlight ? gettext("in the spotlight") : "",
      person.connected ? "" : gettext("reconnecting"),
    ].filter(Boolean);
  }
}
