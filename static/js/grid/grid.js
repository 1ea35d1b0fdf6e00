/**
 * Keys and names of the grid, after the WAI-ARIA pattern: one stop for Tab, arrows between cells, Enter begins a booking.
 * A cell is a stop itself, or what is in it is.
 */

import { gettext } from "../lib/i18n.js";
import { nowIn, span, wallTime } from "./times.js";

/** @param {Element} cell */
export const from = (cell) => Number(/** @type {HTMLElement} */ (cell).dataset.from);
/** @param {Element} cell */
export const to = (cell) => Number(/** @type {HTMLElement} */ (cell).dataset.to);

/** @param {Element} cell @returns {HTMLElement[]} */
function stopsIn(cell) {
  const links = /** @type {HTMLElement[]} */ ([...cell.querySelectorAll("a, .entry")]);
  return links.length ? links : [/** @type {HTMLElement} */ (cell)];
}

/** The name of the row first. @param {HTMLTableRowElement} row */
const cellsOf = (row) => /** @type {HTMLTableCellElement[]} */ ([...row.cells]);

export class Grid {
  #part;

  /** @param {HTMLElement} part in which a table may be put anew */
  constructor(part) {
    this.#part = part;
    part.addEventListener("keydown", (event) => this.#pressed(event));
    part.addEventListener("focusin", ({ target }) => this.#hold(/** @type {HTMLElement} */ (target)));
    part.addEventListener("click", ({ target }) => this.#clicked(/** @type {Element} */ (target)));
    this.prepare();
    this.#scrollToNow();
  }

  get table() {
    return this.#part.querySelector("table");
  }

  get #rows() {
    return [...(this.table?.tBodies[0]?.rows ?? [])];
  }

  /** Names what has come onto the page, and lets Tab come to one of it. */
  prepare() {
    for (const row of this.#rows)
      for (const cell of cellsOf(row)) for (const stop of stopsIn(cell)) this.#name(row, cell, stop);
    const first = this.table?.querySelector("td.free, td:has(.add)") ?? this.table?.querySelector("td");
    if (first) stopsIn(first)[0].tabIndex = 0;
    this.showNow();
  }

  /**
   * @param {HTMLElement} row
   * @param {HTMLElement} cell
   * @param {HTMLElement} stop
   */
  #name(row, cell, stop) {
    stop.tabIndex = -1;
    if (cell.matches("th")) return;
    const where = [row.dataset.name, cell.dataset.day];
    const parts = [...stop.children].map(({ textContent }) => textContent);
    const own = stop === cell ? this.#words(cell) : parts.length ? parts : [stop.textContent];
    const label = [...where, ...own].filter(Boolean).join(", ");
    stop.setAttribute("aria-label", label);
    if (stop.matches(".booked > *")) stop.title = own.filter(Boolean).join(", ");
    if (stop.matches(".entry")) stop.setAttribute("role", "group");
  }

  /** @param {HTMLElement} cell without anything in it but words */
  #words(cell) {
    if (cell.dataset.day) return [cell.textContent?.replace(cell.dataset.day, "").trim() || gettext("over")];
    const kinds = { free: gettext("free"), over: gettext("over"), closed: gettext("closed"), buffer: gettext("kept clear") };
    return [span(from(cell), to(cell)), kinds[/** @type {keyof kinds} */ (cell.className.split(" ")[0])]];
  }

  /** A line in the cell that is now, by the clock of its space. */
  showNow() {
    for (const row of this.#rows) {
      const now = row.dataset.zone && row.dataset.day ? nowIn(row.dataset.zone) : null;
      for (const cell of cellsOf(row)) {
        const here = now && now.day === row.dataset.day && from(cell) <= now.minute && now.minute < to(cell);
        cell.classList.toggle("now", Boolean(here));
        if (here) cell.style.setProperty("--now", `${(100 * (now.minute - from(cell))) / (to(cell) - from(cell))}%`);
      }
    }
  }

  #scrollToNow() {
    const now = this.table?.querySelector("td.now");
    const frame = this.table?.parentElement;
    if (now instanceof HTMLElement && frame) frame.scrollLeft = now.offsetLeft - frame.clientWidth / 2;
  }

  /** What has the focus, said so that it is found in a table that is put anew. */
  get focused() {
    const cell = /** @type {HTMLElement | null} */ (document.activeElement?.closest("td, th"));
    const row = cell && this.table?.contains(cell) ? cell.closest("tr") : null;
    if (!cell || !row) return null;
    const number = stopsIn(cell).indexOf(/** @type {HTMLElement} */ (document.activeElement));
    return { row: row.rowIndex, at: from(cell), number };
  }

  /** @param {{row: number, at: number, number: number} | null} place */
  focusAgain(place) {
    const row = place && this.table?.rows[place.row];
    const cell = row && this.#cellAt(row, place.at);
    if (cell) this.#focus(stopsIn(cell)[place.number] ?? stopsIn(cell)[0]);
  }

  /**
   * @param {HTMLTableRowElement} row
   * @param {number} at
   */
  #cellAt(row, at) {
    const cells = cellsOf(row);
    return cells.find((cell) => from(cell) <= at && at < to(cell)) ?? cells[cells.length - 1];
  }

  /** @param {HTMLElement} target */
  #hold(target) {
    const cell = target.closest("td, th");
    if (!cell || !stopsIn(cell).includes(target)) return;
    for (const other of this.table?.querySelectorAll("[tabindex='0']") ?? [])
      /** @type {HTMLElement} */ (other).tabIndex = -1;
    target.tabIndex = 0;
  }

  /** @param {HTMLElement | undefined} stop */
  #focus(stop) {
    stop?.focus();
    stop?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const stop = /** @type {HTMLElement} */ (event.target);
    const cell = /** @type {HTMLTableCellElement | null} */ (stop.closest("td, th"));
    const row = cell?.closest("tr");
    if (!cell || !row || event.altKey || event.shiftKey) return;
    if (event.key === "Enter" && stop === cell) this.begin(cell);
    else if (!this.#move(event, row, cell, stop)) return;
    event.preventDefault();
  }

  /**
   * @param {KeyboardEvent} event
   * @param {HTMLTableRowElement} row
   * @param {HTMLTableCellElement} cell
   * @param {HTMLElement} stop
   */
  #move(event, row, cell, stop) {
    const cells = cellsOf(row);
    const all = event.ctrlKey || event.metaKey;
    const here = cells.indexOf(cell);
    const rows = this.#rows;
    const ends = { first: all ? cellsOf(rows[0]) : cells, last: all ? cellsOf(rows[rows.length - 1]) : cells };
    switch (event.key) {
      case "ArrowRight":
        return this.#enter(cells[here + 1]);
      case "ArrowLeft":
        return this.#enter(cells[here - 1]);
      case "ArrowDown":
        return this.#vertically(row, cell, stop, 1);
      case "ArrowUp":
        return this.#vertically(row, cell, stop, -1);
      case "Home":
        return this.#enter(ends.first[0]);
      case "End":
        return this.#enter(ends.last[ends.last.length - 1]);
      default:
        return false;
    }
  }

  /** @param {HTMLElement | undefined} cell @param {"first" | "last"} [which] */
  #enter(cell, which = "first") {
    if (cell) this.#focus(which === "first" ? stopsIn(cell)[0] : stopsIn(cell).at(-1));
    return true;
  }

  /**
   * Through what is in a cell, then to the cell at the same time in the row below or above.
   * @param {HTMLTableRowElement} row
   * @param {HTMLElement} cell
   * @param {HTMLElement} stop
   * @param {1 | -1} step
   */
  #vertically(row, cell, stop, step) {
    const stops = stopsIn(cell);
    const next = stops[stops.indexOf(stop) + step];
    const other = this.#rows[this.#rows.indexOf(row) + step];
    if (next) this.#focus(next);
    else if (other) this.#enter(this.#cellAt(other, from(cell)), step === 1 ? "first" : "last");
    return true;
  }

  /** @param {Element} target */
  #clicked(target) {
    const cell = target.closest("td");
    if (cell instanceof HTMLElement && target === cell && !this.#part.querySelector(".chosen")) this.begin(cell);
  }

  /**
   * Goes where a booking is made of this time, where it can be.
   * @param {HTMLElement} first
   * @param {HTMLElement} [last] of the same row
   */
  begin(first, last = first) {
    const row = first.closest("tr");
    if (!row?.dataset.day || !("book" in row.dataset) || !first.classList.contains("free")) return;
    const asked = new URLSearchParams({
      space: row.dataset.space ?? "",
      starts: wallTime(row.dataset.day, from(first)),
      ends: wallTime(row.dataset.day, to(last)),
    });
    location.assign(`${this.table?.dataset.new}?${asked}`);
  }
}
