/** Where a message is typed: Enter sends, Shift+Enter begins a line, the field grows with its text. */

/**
 * Something else that is done with what is typed, until it is done or given up.
 * @typedef {Object} Task
 * @property {string} label
 * @property {string} [text] to begin with; what stood in the field comes back afterwards
 * @property {import("./types.js").Message["to"]} [to] whom alone it is for, what is edited
 * @property {boolean} [isPrivate] whether it answers what was private
 * @property {(text: string) => void} done
 */

import { interpolate, ngettext } from "../lib/i18n.js";

const LIMIT = 2000;
const COUNT_FROM = 200; // characters left when counting begins

export class Composer {
  #form;
  #field;
  #counter;
  #send;
  #context;
  /** @type {Task | null} */
  #task = null;
  #kept = "";

  /** Asked before something new is sent. */
  maySend = () => true;
  /** Told when something else is begun, or ended. @type {(task: Task | null) => void} */
  onTask = () => undefined;

  /**
   * @param {HTMLFormElement} form
   * @param {HTMLTextAreaElement} field
   * @param {HTMLElement} counter
   * @param {HTMLElement} context a line for the task, with a text and a button to cancel
   * @param {(text: string) => void} send
   */
  constructor(form, field, counter, context, send) {
    this.#form = form;
    this.#field = field;
    this.#counter = counter;
    this.#context = context;
    this.#send = send;
    context.querySelector("button")?.addEventListener("click", () => this.#end());
    field.maxLength = LIMIT;
    field.addEventListener("input", () => this.#fit());
    field.addEventListener("keydown", (event) => this.#pressed(event));
    form.addEventListener("submit", (event) => this.#submitted(event));
  }

  /** @param {Task} task */
  begin(task) {
    if (this.#task) this.#end();
    this.#task = task;
    if (task.text !== undefined) {
      this.#kept = this.#field.value;
      this.#field.value = task.text;
    }
    this.#label(task.label);
    this.onTask(task);
    this.#fit();
    this.focus();
  }

  get task() {
    return this.#task;
  }

  cancel() {
    this.#end(false);
  }

  #end(refocus = true) {
    if (this.#task?.text !== undefined) this.#field.value = this.#kept;
    this.#task = null;
    this.#kept = "";
    this.#label("");
    this.onTask(null);
    this.#fit();
    if (refocus) this.focus();
  }

  /** @param {string} label */
  #label(label) {
    /** @type {HTMLElement} */ (this.#context.querySelector("span")).textContent = label;
    this.#context.hidden = label === "";
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
    if (event.key === "Escape" && this.#task && !event.isComposing) {
      event.stopPropagation();
      this.#end();
      return;
    }
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#form.requestSubmit();
  }

  /** @param {SubmitEvent} event */
  #submitted(event) {
    event.preventDefault();
    const text = this.#field.value;
    const isNew = this.#task?.text === undefined;
    if (isNew && !this.maySend()) return;
    if (text.trim()) this.#finish(text);
    this.focus();
  }

  /** @param {string} text */
  #finish(text) {
    const done = this.#task?.done ?? this.#send;
    this.#field.value = "";
    this.#end();
    done(text);
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
