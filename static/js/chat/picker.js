/** Offers people to name while an "@" is typed: a list box at the field, by keys or by touch. */
import { interpolate, ngettext } from "../lib/i18n.js";

const OFFERED = 6;
const BEGUN = /(?:^|[^\p{L}\p{N}])@([^@\n]{0,50})$/u; // what stands before the caret

/** @typedef {import("./mentions.js").Named} Named */

export class MentionPicker {
  #field;
  #list;
  #status;
  #people;
  /** @type {Named[]} */
  #offered = [];
  #at = 0;
  /** Where the "@" stands for which nothing more is to be offered. */
  #dismissed = -1;
  /** @type {Set<string>} */
  #picked = new Set();

  /**
   * To be made before whatever else listens to the field's keys: an open list takes its own.
   * @param {{field: HTMLTextAreaElement, list: HTMLElement, status: HTMLElement}} parts
   * @param {() => Named[]} people who may be named now
   */
  constructor({ field, list, status }, people) {
    this.#field = field;
    this.#list = list;
    this.#status = status;
    this.#people = people;
    field.addEventListener("input", () => this.#look());
    field.addEventListener("click", () => this.#look());
    field.addEventListener("blur", () => this.#close());
    field.addEventListener("keydown", (event) => this.#pressed(event));
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", ({ target }) => {
      const option = /** @type {HTMLElement} */ (target).closest("[role=option]");
      if (option) this.#pick([...list.children].indexOf(option));
    });
  }

  get picked() {
    return this.#picked;
  }

  /** The text is on its way: the next one begins anew. */
  reset() {
    this.#picked = new Set();
    this.#dismissed = -1;
    this.#close();
  }

  /** What is being typed after an "@", and where that stands; null where none is. */
  get #begun() {
    const { selectionStart, selectionEnd, value } = this.#field;
    const found = selectionStart === selectionEnd ? value.slice(0, selectionStart).match(BEGUN) : null;
    return found && { typed: found[1].toLowerCase(), start: selectionStart - found[1].length - 1 };
  }

  #look() {
    const begun = this.#begun;
    if (begun?.start !== this.#dismissed) this.#dismissed = -1;
    const offered = begun && this.#dismissed < 0 ? this.#people().filter(({ name }) => fits(name, begun.typed)) : [];
    if (offered.length === 0) return this.#close();
    this.#offered = offered.slice(0, OFFERED);
    this.#at = 0;
    this.#show();
  }

  #show() {
    this.#list.replaceChildren(...this.#offered.map((one, index) => optionOf(one, index, index === this.#at)));
    this.#list.hidden = false;
    this.#field.setAttribute("aria-activedescendant", this.#list.children[this.#at].id);
    this.#list.children[this.#at].scrollIntoView({ block: "nearest" });
    const count = this.#offered.length;
    const words = ngettext("%(count)s person to mention", "%(count)s people to mention", count);
    this.#status.textContent = interpolate(words, { count });
  }

  #close() {
    this.#list.hidden = true;
    this.#offered = [];
    this.#status.textContent = "";
    this.#field.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (this.#list.hidden || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#step(step);
    else if ((event.key === "Enter" && !event.shiftKey) || (event.key === "Tab" && !event.shiftKey)) this.#pick(this.#at);
    else if (event.key === "Escape") this.#dismiss();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** @param {number} by */
  #step(by) {
    this.#at = (this.#at + by + this.#offered.length) % this.#offered.length;
    this.#show();
  }

  #dismiss() {
    this.#dismissed = this.#begun?.start ?? -1;
    this.#close();
  }

  /** @param {number} index */
  #pick(index) {
    const [begun, { participant, name }] = [this.#begun, this.#offered[index]];
    if (!begun) return this.#close();
    const { selectionStart, value, maxLength } = this.#field;
    this.#dismiss();
    if (value.length - (selectionStart - begun.start) + name.length + 2 > maxLength) return;
    this.#picked.add(participant);
    this.#field.setRangeText(`@${name} `, begun.start, selectionStart, "end");
    this.#field.dispatchEvent(new Event("input", { bubbles: true }));
    this.#field.focus();
  }
}

/**
 * Whether the name, or a later word of it, begins so.
 * @param {string} name
 * @param {string} typed in lower case
 */
function fits(name, typed) {
  const lower = name.toLowerCase();
  return lower.startsWith(typed) || (typed !== "" && lower.includes(` ${typed}`));
}

/**
 * @param {Named} person
 * @param {number} index
 * @param {boolean} selected
 */
function optionOf({ name }, index, selected) {
  const [option, isolated] = [document.createElement("li"), document.createElement("bdi")];
  option.id = `chat-mention-${index}`;
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", String(selected));
  isolated.textContent = name;
  option.append(isolated);
  return option;
}
