/** One person in the people panel: who they are, how they are here, and what a host may do about them. */
import { gettext, interpolate } from "../lib/i18n.js";
import { DEEDS } from "./deeds.js";
import { byId, hueOf, initials, make } from "./dom.js";

/**
 * @typedef {import("../protocol/types.js").Person} Person
 * @typedef {import("./deeds.js").Deed} Deed
 */

export class PersonRow {
  #face;
  #name;
  #facts;
  #leak;
  #slots;
  #avatar = "";
  /** @type {Person} */
  person;

  /**
   * @param {Person} person
   * @param {{deed: (deed: Deed, person: Person) => void, more: (row: PersonRow) => void}} act
   */
  constructor(person, act) {
    this.person = person;
    const copy = /** @type {HTMLTemplateElement} */ (byId("person-row")).content.cloneNode(true);
    this.element = /** @type {HTMLElement} */ (/** @type {DocumentFragment} */ (copy).firstElementChild);
    this.#face = this.#part("face");
    this.#name = this.#part("name");
    this.#facts = this.#part("facts");
    this.#leak = this.#part("leak");
    this.more = this.#part("more");
    this.#slots = /** @type {HTMLElement[]} */ ([...this.#part("deeds").querySelectorAll("button")]);
    this.#face.classList.add(hueOf(person.id));
    this.more.onclick = () => act.more(this);
    for (const slot of this.#slots) slot.onclick = () => act.deed(/** @type {Deed} */ (slot.dataset.deed), this.person);
  }

  /**
   * @param {Person} person
   * @param {{isYou: boolean, facts: string[], leaks: boolean, deeds: Deed[], more: boolean}} how
   */
  update(person, { isYou, facts, leaks, deeds, more }) {
    this.person = person;
    this.#showFace(person);
    this.#name.textContent = isYou ? interpolate(gettext("%(name)s (you)"), { name: person.name }) : person.name;
    this.#facts.textContent = facts.join(" · ");
    this.#leak.textContent = leaks ? gettext("muted here; their browser still sends sound") : "";
    this.more.hidden = !more;
    label(this.more, interpolate(gettext("More for %(name)s"), { name: person.name }));
    for (const slot of this.#slots) this.#fill(slot, deeds);
    this.#part("deeds").hidden = this.#slots.every(({ hidden }) => hidden);
  }

  /** A button that had the focus and does not apply any more hands it on to the one before. @param {Element} focused */
  handOn(focused) {
    const before = this.#slots.slice(0, this.#slots.indexOf(/** @type {HTMLElement} */ (focused)));
    (before.findLast(({ hidden }) => !hidden) ?? this.more).focus();
  }

  /** A slot is for one deed at a time, each with its icon. @param {HTMLElement} slot @param {Deed[]} deeds */
  #fill(slot, deeds) {
    const icons = /** @type {HTMLElement[]} */ ([...slot.querySelectorAll("[data-deed]")]);
    const deed = deeds.find((one) => icons.some((icon) => icon.dataset.deed === one));
    slot.hidden = !deed;
    if (!deed) return;
    slot.dataset.deed = deed;
    for (const icon of icons) icon.hidden = icon.dataset.deed !== deed;
    label(slot, interpolate(DEEDS[deed].name(), { name: this.person.name }));
  }

  /** @param {Person} person */
  #showFace(person) {
    if (!person.avatar) this.#face.textContent = initials(person.name);
    else if (person.avatar !== this.#avatar) this.#face.replaceChildren(make("img", { src: person.avatar, alt: "" }));
    this.#avatar = person.avatar;
  }

  /** @param {string} name */
  #part(name) {
    return /** @type {HTMLElement} */ (this.element.querySelector(`[data-part="${name}"]`));
  }
}

/** @param {HTMLElement} button @param {string} name */
function label(button, name) {
  button.setAttribute("aria-label", name);
  button.title = name;
}
