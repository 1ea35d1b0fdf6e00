// @ts-check
// The form of a booking: shows what applies, and holds the time while it is open.

import { gettext, interpolate } from "../lib/i18n.js";

const RENEWAL = 120_000; // milliseconds; a hold is for five minutes
const PAUSE = 600; // milliseconds after the last change

/** @param {HTMLFormElement} form */
function showWhatApplies(form) {
  const data = new FormData(form);
  const repeats = form.querySelector("[data-repeats]");
  if (repeats instanceof HTMLElement) repeats.hidden = !data.get("repeat");
  const external = form.querySelector("[data-external]");
  if (external instanceof HTMLElement) external.hidden = data.get("meeting") !== "EXTERNAL";
  const chosen = [data.get("space"), ...data.getAll("more_spaces")];
  for (const warning of form.querySelectorAll("[data-warns]")) {
    if (warning instanceof HTMLElement) warning.hidden = !chosen.includes(warning.dataset.warns ?? "");
  }
}

/** Keeps the chosen time for this page, and says so. */
class Hold {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this._form = form;
    this._status = form.querySelector("[data-hold-status]");
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this._soon = undefined;
    this._leaving = false;
    setInterval(() => this.renew(), RENEWAL);
    document.addEventListener("visibilitychange", () => this.renew());
  }

  /** Nobody keeps a time that they do not look at. */
  renew() {
    if (document.visibilityState === "visible") void this.ask();
  }

  soon() {
    clearTimeout(this._soon);
    this._soon = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    const answer = await fetch(this._form.dataset.holdUrl ?? "", { method: "POST", body: new FormData(this._form) }).catch(
      () => null,
    );
    if (!answer || !this._status || this._leaving) return;
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) this._field.value = said.hold ?? ""; // else the one before is still there
    this._status.textContent = answer.ok
      ? interpolate(gettext("Held for you until %(time)s."), { time: said.until })
      : said.text ?? "";
    this._status.classList.toggle("warning", !answer.ok);
  }

  keep() {
    this._leaving = true; // the form is being sent, and takes the hold along
  }

  /** The page goes away: somebody else may have the time at once. */
  letGo() {
    if (this._leaving || !this._field.value) return;
    const data = new FormData(this._form);
    data.set("let_go", "1");
    navigator.sendBeacon(this._form.dataset.holdUrl ?? "", data);
    this._field.value = "";
  }

  get _field() {
    return /** @type {HTMLInputElement} */ (this._form.elements.namedItem("hold"));
  }
}

for (const form of document.querySelectorAll("form[data-booking]")) {
  if (!(form instanceof HTMLFormElement)) continue;
  showWhatApplies(form);
  form.addEventListener("change", () => showWhatApplies(form));
  if (!form.dataset.holdUrl) continue;
  const hold = new Hold(form);
  void hold.ask();
  form.addEventListener("change", (event) => {
    const name = /** @type {HTMLInputElement} */ (event.target).name;
    if (["space", "more_spaces", "starts", "ends"].includes(name)) hold.soon();
  });
  form.addEventListener("submit", () => hold.keep());
  addEventListener("pagehide", () => hold.letGo());
}
