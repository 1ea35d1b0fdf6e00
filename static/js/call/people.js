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

/**
 * What a host may do about one person: an event of the panel, a word on the button, and a name with `%(name)s`.
 * @typedef {"mute" | "ask" | "camera-off" | "stop-share" | "lower" | "make-cohost" | "revoke-cohost" | "remove"} Deed
 */

/**
 * @extends {Emitter<{deed: {deed: Deed, person: Person}, lock: boolean, "mute-all": boolean, "lower-all": undefined}>}
 */
export class PeoplePanel extends Emitter {
  #roster;
  #you = "";
  #list = byId("people-list");

  /** @param {Roster} roster */
  constructor(roster) {
    super();
    this.#roster = roster;
    byId("mute-all").onclick = () => this.emit("mute-all", true);
    byId("mute-all-firmly").onclick = () => this.emit("mute-all", false);
    byId("lower-all-hands").onclick = () => this.emit("lower-all", undefined);
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
      ...(this.#hosting && !isYou ? [this.#deeds(person)] : []),
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
  #deeds(person) {
    const deeds = deedsFor(person, this.#roster.get(this.#you)?.role ?? "");
    return make("div", { class: "person-deeds" }, deeds.map(([deed, word, label]) => this.#deed(person, deed, word, label)));
  }

  /** @param {Person} person @param {Deed} deed @param {string} word @param {string} label */
  #deed(person, deed, word, label) {
    const name = interpolate(label, { name: person.name });
    const kind = deed === "remove" ? "danger" : "";
    const attributes = { type: "button", class: `button small ${kind}`, "aria-label": name, title: name };
    const button = make("button", { ...attributes, "data-key": `${deed} ${person.id}` }, [word]);
    button.onclick = () => this.emit("deed", { deed, person });
    return button;
  }
}

/**
 * @param {Person} person
 * @param {string} ownRole
 * @returns {[Deed, string, string][]}
 */
function deedsFor(person, ownRole) {
  if (person.role === "HOST") return [];
  /** @type {[boolean, Deed, string, string][]} */
  const all = [
    [person.microphone, "mute", gettext("Mute"), gettext("Mute %(name)s")],
    [!person.microphone, "ask", gettext("Ask to unmute"), gettext("Ask %(name)s to unmute")],
    [person.camera, "camera-off", gettext("Camera off"), gettext("Turn off %(name)s's camera")],
    [person.screen, "stop-share", gettext("Stop share"), gettext("Stop %(name)s's screen share")],
    [Boolean(person.hand), "lower", gettext("Lower hand"), gettext("Lower %(name)s's hand")],
    [
      ownRole === "HOST" && person.role === "PARTICIPANT",
      "make-cohost",
      gettext("Make co-host"),
      gettext("Make %(name)s co-host"),
    ],
    [
      ownRole === "HOST" && person.role === "COHOST",
      "revoke-cohost",
      gettext("No co-host"),
      gettext("Remove %(name)s as co-host"),
    ],
    [true, "remove", gettext("Remove"), gettext("Remove %(name)s")],
  ];
  return all.filter(([applies]) => applies).map(([, deed, word, label]) => [deed, word, label]);
}

/** @param {Person} person @returns {Node | string} */
function face(person) {
  return person.avatar ? make("img", { src: person.avatar, alt: "" }) : initials(person.name);
}
