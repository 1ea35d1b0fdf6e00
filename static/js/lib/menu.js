/** A menu, put under the button that asks for it: arrows move, Escape and a press elsewhere close. */

/** @typedef {{key: string, acts: readonly string[]}} Subject what the menu is about, and which `data-act` apply to it */

export class Menu {
  #menu;
  #act;
  /** @type {HTMLElement | null} */
  #button = null;
  #key = "";

  /**
   * @param {HTMLElement} menu
   * @param {(act: string, key: string, value: string) => void} [act] for items with `data-act`
   */
  constructor(menu, act = () => undefined) {
    this.#menu = menu;
    this.#act = act;
    menu.addEventListener("keydown", (event) => this.#pressed(event));
    // Before an item acts: a dialog that it opens gives the focus back to the button, not to an item that is gone.
    menu.addEventListener("click", ({ target }) => this.#chosen(/** @type {Element} */ (target)), { capture: true });
    document.addEventListener("pointerdown", ({ target }) => {
      const inside = target instanceof Node && (menu.contains(target) || this.#button?.contains(target));
      if (!inside) this.close(false);
    });
  }

  /** The one it is open for. */
  get button() {
    return this.#button;
  }

  /**
   * @param {HTMLElement} button
   * @param {Subject} [subject]
   */
  toggle(button, subject) {
    const again = button === this.#button;
    this.close();
    if (!again) this.#open(button, subject);
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
   * @param {Subject} [subject]
   */
  #open(button, subject) {
    this.#button = button;
    this.#key = subject?.key ?? "";
    if (subject) for (const item of this.#items) item.hidden = !subject.acts.includes(item.dataset.act ?? "");
    if (button.nextElementSibling !== this.#menu) button.after(this.#menu);
    button.setAttribute("aria-expanded", "true");
    this.#menu.hidden = false;
    this.#menu.scrollIntoView({ block: "nearest" });
    this.#shown[0]?.focus();
  }

  /** @param {Element} target */
  #chosen(target) {
    const item = /** @type {HTMLElement | null} */ (target.closest("[role^=menuitem]"));
    if (!item) return;
    const key = this.#key;
    this.close();
    if (item.dataset.act) this.#act(item.dataset.act, key, item.dataset.value ?? "");
  }

  get #items() {
    return /** @type {HTMLElement[]} */ ([...this.#menu.querySelectorAll("[role^=menuitem]")]);
  }

  get #shown() {
    return this.#items.filter((item) => !item.hidden);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const items = this.#shown;
    const here = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (step) items[(here + step + items.length) % items.length].focus();
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
