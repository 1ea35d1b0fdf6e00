/** The mouse on the grid: over free time it chooses a time to book, on one's own booking it moves that. */

import { gettext } from "../lib/i18n.js";
import { toast } from "../lib/toast.js";
import { from, to } from "./grid.js";
import { clock, wallTime } from "./times.js";

const STEP = 15; // minutes to which a moved booking keeps
const FAR = 5; // pixels that are no click any more

/**
 * @typedef {{link: HTMLElement, cell: HTMLElement, ghost: HTMLElement, grabbed: number, length: number}} Moved
 * `grabbed`: minutes between its start and the hand
 */

export class Dragging {
  #part;
  #grid;
  #live;
  /** @type {HTMLElement | null} where the choice of a time began */
  #first = null;
  /** @type {HTMLElement[]} */
  #chosen = [];
  /** @type {{link: HTMLElement, x: number, y: number} | null} */
  #pressed = null;
  /** @type {Moved | null} */
  #moved = null;

  /**
   * @param {HTMLElement} part
   * @param {import("./grid.js").Grid} grid
   * @param {import("./live.js").Live} live
   */
  constructor(part, grid, live) {
    this.#part = part;
    this.#grid = grid;
    this.#live = live;
    part.addEventListener("pointerdown", (event) => this.#down(event));
    part.addEventListener("dragstart", (event) => event.preventDefault());
    document.addEventListener("pointermove", (event) => this.#over(event));
    document.addEventListener("pointerup", (event) => this.#up(event));
    document.addEventListener("pointercancel", () => this.#end());
    document.addEventListener("keydown", ({ key }) => key === "Escape" && this.#end());
  }

  /** @param {PointerEvent} event A finger scrolls. */
  #down(event) {
    const target = /** @type {Element} */ (event.target);
    const table = target.closest("table.time-grid");
    if (event.button !== 0 || event.pointerType === "touch" || !table) return;
    const link = target.closest("a[data-version]");
    if (link instanceof HTMLElement) this.#pressed = { link, x: event.clientX, y: event.clientY };
    else if (target.matches("[data-book] > td.free")) this.#first = /** @type {HTMLElement} */ (target);
  }

  /** @param {PointerEvent} event */
  #over(event) {
    if (this.#pressed && Math.hypot(event.clientX - this.#pressed.x, event.clientY - this.#pressed.y) > FAR)
      this.#take(this.#pressed);
    if (this.#moved) this.#carry(this.#moved, event);
    else if (this.#first) this.#choose(document.elementFromPoint(event.clientX, event.clientY)?.closest("td") ?? null);
  }

  /** @param {Element | null} last Free time in one piece, from where the button went down. */
  #choose(last) {
    const first = this.#first;
    const row = first?.closest("tr");
    if (!first || !row || !last || last.closest("tr") !== row) return;
    const cells = /** @type {HTMLElement[]} */ ([...row.querySelectorAll("td")]);
    const [low, high] = [cells.indexOf(first), cells.indexOf(/** @type {HTMLElement} */ (last))].sort((a, b) => a - b);
    const wanted = cells.slice(low, high + 1);
    if (wanted.length === 1 && !this.#chosen.length) return;
    if (wanted.some((cell) => !cell.classList.contains("free"))) return;
    this.#live.paused = true;
    for (const cell of cells) cell.classList.toggle("chosen", wanted.includes(cell));
    this.#chosen = wanted;
  }

  /** @param {{link: HTMLElement, x: number}} pressed */
  #take({ link, x }) {
    const cell = /** @type {HTMLElement} */ (link.closest("td"));
    this.#pressed = null;
    this.#live.paused = true;
    const box = cell.getBoundingClientRect();
    const ghost = document.body.appendChild(document.createElement("div"));
    ghost.className = "drag-ghost";
    ghost.style.width = `${box.width}px`;
    ghost.style.height = `${box.height}px`;
    const length = to(cell) - from(cell);
    this.#moved = { link, cell, ghost, length, grabbed: ((x - box.left) / box.width) * length };
    cell.classList.add("being-moved");
  }

  /**
   * @param {Moved} moved
   * @param {PointerEvent} event
   */
  #carry({ ghost, grabbed, length }, event) {
    const place = this.#placeAt(event, grabbed);
    ghost.style.left = `${event.clientX + 8}px`;
    ghost.style.top = `${event.clientY + 8}px`;
    ghost.textContent = place ? `${place.row.dataset.name} ${clock(place.minute)}–${clock(place.minute + length)}` : "";
  }

  /**
   * The row under the hand, and the minute at which the booking would begin.
   * @param {PointerEvent} event
   * @param {number} grabbed
   */
  #placeAt(event, grabbed) {
    const cell = document.elementFromPoint(event.clientX, event.clientY)?.closest("td");
    const row = cell?.closest("tr");
    if (!cell || !row || !this.#part.contains(row)) return null;
    const box = cell.getBoundingClientRect();
    const under = from(cell) + ((event.clientX - box.left) / box.width) * (to(cell) - from(cell));
    return { row, minute: Math.max(0, Math.round((under - grabbed) / STEP) * STEP) };
  }

  /** @param {PointerEvent} event */
  #up(event) {
    const [moved, chosen] = [this.#moved, this.#chosen];
    const place = moved && this.#placeAt(event, moved.grabbed);
    if (moved || chosen.length) this.#swallowClick();
    if (chosen.length) this.#grid.begin(chosen[0], chosen[chosen.length - 1]);
    this.#end();
    if (moved && place) void this.#move(moved, place);
  }

  /** Which the browser makes of a button that comes up where it went down. */
  #swallowClick() {
    /** @param {Event} event */
    const swallow = (event) => {
      event.preventDefault();
      event.stopPropagation();
    };
    this.#part.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => this.#part.removeEventListener("click", swallow, { capture: true }));
  }

  #end() {
    this.#moved?.ghost.remove();
    this.#moved?.cell.classList.remove("being-moved");
    for (const cell of this.#chosen) cell.classList.remove("chosen");
    this.#first = this.#pressed = this.#moved = null;
    this.#chosen = [];
    this.#live.paused = false;
  }

  /**
   * @param {Moved} moved
   * @param {{row: HTMLTableRowElement, minute: number}} place
   */
  async #move({ link, cell, length }, { row, minute }) {
    const before = /** @type {HTMLElement} */ (cell.closest("tr")).dataset;
    const { space = "", day = "" } = row.dataset;
    if (space === before.space && day === before.day && minute === from(cell)) return;
    const form = new FormData();
    const asked = { version: link.dataset.version ?? "", from: before.space ?? "", space };
    for (const [name, value] of Object.entries(asked)) form.set(name, value);
    form.set("starts", wallTime(day, minute));
    form.set("ends", wallTime(day, minute + length));
    toast(await this.#ask(`${link.getAttribute("href")}move/`, form));
    await this.#live.renew();
  }

  /**
   * @param {string} url
   * @param {FormData} form
   * @returns {Promise<string>} what to say
   */
  async #ask(url, form) {
    const token = document.querySelector("input[name=csrfmiddlewaretoken]");
    const headers = { Accept: "application/json", "X-CSRFToken": token instanceof HTMLInputElement ? token.value : "" };
    try {
      const answer = await fetch(url, { method: "POST", body: form, headers });
      if (answer.ok) return gettext("The booking is moved.");
      const { text } = await answer.json();
      return text;
    } catch {
      return gettext("The booking is not moved: the server did not answer. Try again.");
    }
  }
}
