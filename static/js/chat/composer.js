/** Where a message is typed: Enter sends, Shift+Enter begins a line, the field grows with its text. */
import { interpolate, ngettext } from "../lib/i18n.js";

const LIMIT = 2000;
const COUNT_FROM = 200; // characters left when counting begins

export class Composer {
  #form;
  #field;
  #counter;
  #send;

  /**
   * @param {HTMLFormElement} form
   * @param {HTMLTextAreaElement} field
   * @param {HTMLElement} counter
   * @param {(text: string) => void} send
   */
  constructor(form, field, counter, send) {
    this.#form = form;
    this.#field = field;
    this.#counter = counter;
    this.#send = send;
    field.maxLength = LIMIT;
    field.addEventListener("input", () => this.#fit());
    field.addEventListener("keydown", (event) => this.#pressed(event));
    form.addEventListener("submit", (event) => this.#submitted(event));
  }

  focus() {
    this.#field.focus();
  }

  /** @param {boolean} allowed */
  allow(allowed) {
    this.#form.hidden = !allowed;
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#form.requestSubmit();
  }

  /** @param {SubmitEvent} event */
  #submitted(event) {
    event.preventDefault();
    const text = this.#field.value;
    if (text.trim()) {
      this.#field.value = "";
      this.#fit();
      this.#send(text);
    }
    this.focus();
  }

  #fit() {
    this.#field.style.height = "auto";
    this.#field.style.height = `${this.#field.scrollHeight + this.#field.offsetHeight - this.#field.clientHeight}px`;
    const left = LIMIT - this.#field.value.length;
    this.#counter.hidden = left > COUNT_FROM;
    const words = ngettext("%(count)s character left", "%(count)s characters left", left);
    this.#counter.textContent = this.#counter.hidden ? "" : interpolate(words, { count: left });
  }
}
