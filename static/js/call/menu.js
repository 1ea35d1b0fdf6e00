/** A button that opens a menu: arrows move, Escape and a press elsewhere close. */

export class Menu {
  #button;
  #menu;

  /**
   * @param {HTMLElement} button
   * @param {HTMLElement} menu
   * @param {{opens?: boolean}} [how] `opens`: whether a press on the button does
   */
  constructor(button, menu, { opens = true } = {}) {
    this.#button = button;
    this.#menu = menu;
    if (opens) button.addEventListener("click", () => this.toggle());
    menu.addEventListener("keydown", (event) => this.#key(event));
    // Before the item acts: a dialog that it opens gives the focus back to the button, not to an item that is gone.
    menu.addEventListener("click", () => this.close(), { capture: true });
    document.addEventListener("pointerdown", ({ target }) => {
      const inside = target instanceof Node && (menu.contains(target) || button.contains(target));
      if (!inside) this.close(false);
    });
  }

  toggle() {
    if (this.#menu.hidden) this.open();
    else this.close();
  }

  open() {
    this.#menu.hidden = false;
    this.#button.setAttribute("aria-expanded", "true");
    this.#items[0]?.focus();
  }

  close(refocus = true) {
    if (this.#menu.hidden) return;
    this.#menu.hidden = true;
    this.#button.setAttribute("aria-expanded", "false");
    if (refocus) this.#button.focus();
  }

  get #items() {
    return /** @type {HTMLElement[]} */ ([...this.#menu.querySelectorAll("[role^=menuitem]")]).filter(
      (item) => !item.hidden,
    );
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
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
