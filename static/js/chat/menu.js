/** What may be done with one message: one menu for all of them, put where it is asked for. */

/** @typedef {import("./rows.js").Row} Row */

export class MessageMenu {
  #menu;
  #act;
  /** @type {HTMLElement | null} */
  #button = null;
  #key = "";

  /**
   * @param {HTMLElement} menu with items that carry `data-act`
   * @param {(act: string, key: string, value: string) => void} act
   */
  constructor(menu, act) {
    this.#menu = menu;
    this.#act = act;
    menu.addEventListener("keydown", (event) => this.#pressed(event));
    menu.addEventListener("click", ({ target }) => this.#chosen(/** @type {HTMLElement} */ (target)));
    document.addEventListener("pointerdown", ({ target }) => {
      const inside = target instanceof Node && (menu.contains(target) || this.#button?.contains(target));
      if (!inside) this.close(false);
    });
  }

  /**
   * @param {HTMLElement} button
   * @param {Row} row
   */
  toggle(button, row) {
    const again = button === this.#button;
    this.close();
    if (!again) this.#open(button, row);
  }

  close(refocus = true) {
    if (!this.#button) return;
    this.#menu.hidden = true;
    this.#button.setAttribute("aria-expanded", "false");
    if (refocus) this.#button.focus();
    this.#button = null;
  }

  /**
   * @param {HTMLElement} button
   * @param {Row} row
   */
  #open(button, row) {
    this.#button = button;
    this.#key = row.key;
    for (const item of this.#menu.querySelectorAll("[data-act]")) {
      const { act } = /** @type {HTMLElement} */ (item).dataset;
      /** @type {HTMLElement} */ (item).hidden = !row.acts.includes(act ?? "");
    }
    button.after(this.#menu);
    button.setAttribute("aria-expanded", "true");
    this.#menu.hidden = false;
    this.#menu.scrollIntoView({ block: "nearest" });
    this.#items[0]?.focus();
  }

  /** @param {HTMLElement} target */
  #chosen(target) {
    const item = /** @type {HTMLElement | null} */ (target.closest("[data-act]"));
    if (!item) return;
    this.close();
    this.#act(item.dataset.act ?? "", this.#key, item.dataset.value ?? "");
  }

  get #items() {
    const items = /** @type {HTMLElement[]} */ ([...this.#menu.querySelectorAll("[data-act]")]);
    return items.filter((item) => !item.hidden);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const items = this.#items;
    const here = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (step) items[(here + step + items.length) % items.length].focus();
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
