/** The chat's panel on a page: opens and closes, draws the thread, keeps its place while reading. */
import { gettext, interpolate } from "../lib/i18n.js";
import { Menu } from "../lib/menu.js";
import { Refusal } from "../protocol/refusal.js";
import { attachWays } from "./attaching.js";
import { Composer } from "./composer.js";
import { MessageList } from "./list.js";
import { namedIn } from "./mentions.js";
import { MentionPicker } from "./picker.js";
import { Recipient } from "./recipient.js";
import { rowsOf } from "./rows.js";
import { attachSearch } from "./search.js";
import { Uploads, uploadTo } from "./uploads.js";

const QUOTED = 80; // characters, as the server does
const NEAR = 48; // pixels from the end that count as being there

export class ChatPanel {
  #root;
  #thread;
  #list;
  #composer;
  #recipient;
  #picker;
  /** Who else is inside. @type {import("./mentions.js").Named[]} */
  #people = [];
  #menu;
  #uploads;
  #log;
  #drawing = false;
  #unread = 0;
  #oldest = "";
  #height = 0;
  #stays = true;

  /** Told when the number of unread messages changes. @type {(unread: number) => void} */
  onUnread = () => undefined;
  /** Told when the panel opened or closed, by whatever way. @type {(open: boolean) => void} */
  onToggle = () => undefined;

  /**
   * @param {HTMLElement} root templates/chat/panel.html
   * @param {import("./thread.js").Thread} thread
   * @param {{you?: string, files?: string, text?: string}} [where] the participant of this page, where it is known before the chat
   *   has joined, the address that takes files, and the one that gives all of it as text
   */
  constructor(root, thread, { you = "", files = "", text = "" } = {}) {
    this.#root = root;
    this.#thread = thread;
    thread.you ||= you;
    this.#log = this.#part("log");
    this.#part("export").setAttribute("href", text);
    this.#uploads = new Uploads(uploadTo(files), () => this.#drawSoon());
    this.#menu = new Menu(this.#part("menu"), (...chosen) => this.#act(...chosen));
    this.#list = new MessageList(this.#part("rows"), this.#templates(), {
      retry: (key) => this.#outgoingOf(key).retry(key),
      discard: (key) => this.#outgoingOf(key).discard(key),
      react: (id, emoji) => this.#react(id, emoji),
      menu: (button, row) => this.#menu.toggle(button, row),
    });
    const field = /** @type {HTMLTextAreaElement} */ (this.#part("field"));
    const form = /** @type {HTMLFormElement} */ (this.#part("form"));
    const [counter, context] = [this.#part("counter"), this.#part("context")];
    const offered = { field, list: this.#part("mentions"), status: this.#part("mention-status") };
    this.#picker = new MentionPicker(offered, () => this.#mayBeNamed(this.#readers));
    this.#composer = new Composer(form, field, counter, context, (text) => this.#send(text));
    this.#recipient = this.#makeRecipient(field);
    this.#listen();
    this.#draw();
  }

  get isOpen() {
    return !this.#root.hidden;
  }

  open() {
    if (this.isOpen) return;
    this.#root.hidden = false;
    this.onToggle(true);
    this.#toEnd();
    this.#composer.focus();
  }

  close() {
    if (!this.isOpen) return;
    this.#root.hidden = true;
    this.onToggle(false);
  }

  toggle() {
    if (this.isOpen) this.close();
    else this.open();
  }

  /** @param {{id: string, name: string}[]} people who are inside, live */
  setPeople(people) {
    const others = people.filter(({ id }) => id !== this.#thread.you);
    this.#people = others.map(({ id, name }) => ({ participant: id, name }));
    this.#recipient.setPeople(this.#people);
  }

  /** @param {HTMLTextAreaElement} field */
  #makeRecipient(field) {
    const select = /** @type {HTMLSelectElement} */ (this.#part("to"));
    const parts = { row: this.#part("to-row"), select, problem: this.#part("to-problem") };
    const recipient = new Recipient(parts, () => {
      if (this.#composer.task?.isPrivate) this.#composer.cancel();
      this.#tellTyping(field.value);
      this.#draw();
    });
    this.#composer.maySend = () => {
      if (recipient.problem) recipient.focus();
      return recipient.problem === "";
    };
    this.#composer.onTask = (task) => {
      recipient.hide(task?.text !== undefined);
      this.#drawSoon();
    };
    return recipient;
  }

  /** Others hear that somebody writes only where they may read it. @param {string} text */
  #tellTyping(text) {
    this.#thread.typed(this.#readers ? "" : text);
  }

  /** For whom alone the text in the field is, null for everyone. */
  get #readers() {
    const { task } = this.#composer;
    return task?.text === undefined ? this.#recipient.chosen : (task.to ?? null);
  }

  /** @param {import("./types.js").Message["to"]} to */
  #mayBeNamed(to) {
    return to ? this.#people.filter(({ participant }) => participant === to.participant) : this.#people;
  }

  /**
   * @param {string} text
   * @param {import("./types.js").Message["to"]} to
   */
  #namedIn(text, to) {
    const named = namedIn(text, this.#mayBeNamed(to), this.#picker.picked);
    this.#picker.reset();
    return named;
  }

  /** @param {string} text */
  async #search(text) {
    /** @type {import("./types.js").Message[]} */
    let messages = [];
    const done = await this.#attempt(async () => (messages = await this.#thread.search(text)));
    return done ? messages : null;
  }

  /** @param {string} key */
  #outgoingOf(key) {
    return this.#uploads.drafts.some(({ clientId }) => clientId === key) ? this.#uploads : this.#thread;
  }

  /** @param {File[]} files */
  #attach(files) {
    const refused = this.#whyNoFiles;
    this.#part("refused").textContent = refused;
    if (refused || !this.#thread.allowed) return;
    this.#uploads.add(files);
    this.#draw();
    this.#toEnd();
  }

  get #whyNoFiles() {
    if (!this.#thread.rights.files) return gettext("The host has turned off files.");
    return this.#recipient.chosen ? gettext("Files are for everyone. Choose Everyone to send one.") : "";
  }

  #listen() {
    const searching = /** @type {HTMLInputElement} */ (this.#part("search-field"));
    const search = { form: this.#part("search"), field: searching, found: this.#part("found") };
    attachSearch(search, (text) => this.#search(text), () => this.#thread.you);
    const input = /** @type {HTMLInputElement} */ (this.#part("files"));
    const parts = { button: this.#part("attach"), input, field: this.#part("field"), area: this.#root };
    attachWays(parts, (files) => this.#attach(files));
    this.#thread.on("changed", () => this.#drawSoon());
    this.#thread.on("typing", (words) => (this.#part("typing").textContent = words));
    const field = /** @type {HTMLTextAreaElement} */ (this.#part("field"));
    field.addEventListener("input", () => this.#tellTyping(field.value));
    this.#log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.#resized()).observe(this.#log);
    this.#part("close").addEventListener("click", () => this.close());
    this.#part("older").addEventListener("click", () => void this.#loadOlder());
    this.#part("newer").addEventListener("click", () => this.#toEnd());
    document.addEventListener("visibilitychange", () => this.#noteSeen());
    this.#root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.stopPropagation();
      this.close();
    });
  }

  /**
   * @param {string} text
   * @param {import("./types.js").Quote | null} [replyTo]
   */
  #send(text, replyTo = null) {
    const to = this.#recipient.chosen;
    this.#thread.send(text, { replyTo, to, mentions: this.#namedIn(text, to) });
    this.#draw();
    this.#toEnd();
  }

  /**
   * @param {string} act
   * @param {string} key
   * @param {string} value
   */
  #act(act, key, value) {
    const row = this.#rows().find((one) => one.key === key);
    if (!row) return;
    if (act === "edit") this.#edit(row, row.content);
    else if (act === "delete") void this.#delete(row.id);
    else if (act === "react") this.#react(row.id, value);
    else if (act === "reply") this.#reply(row);
  }

  /**
   * @param {string} id
   * @param {string} emoji
   */
  #react(id, emoji) {
    void this.#attempt(() => this.#thread.react(id, emoji));
  }

  /** What was private is answered to the other one of the two. @param {import("./rows.js").Row} row */
  #reply({ id, author, name, content, mine, to }) {
    const other = to && (mine ? to : { participant: author, name });
    if (other) this.#recipient.pick({ participant: other.participant ?? "gone", name: other.name });
    const words = other ? gettext("Replying privately to %(name)s") : gettext("Replying to %(name)s");
    const label = interpolate(words, { name: other?.name ?? name });
    const done = (/** @type {string} */ text) => this.#send(text, { id, name, text: shortened(content) });
    this.#composer.begin({ label, isPrivate: Boolean(other), done });
  }

  /** @param {string} id */
  async #delete(id) {
    const deleted = await this.#attempt(() => this.#thread.delete(id));
    if (deleted) this.#log.focus(); // the button that had it is gone
  }

  /**
   * @param {import("./rows.js").Row} row
   * @param {string} text
   */
  #edit(row, text) {
    const done = async (/** @type {string} */ content) => {
      const mentions = this.#namedIn(content, row.to);
      const saved = await this.#attempt(() => this.#thread.edit(row.id, content, mentions));
      if (!saved) this.#edit(row, content);
    };
    this.#composer.begin({ label: gettext("Editing your message"), text, to: row.to, done });
  }

  /**
   * Whether it was done; says why not.
   * @param {() => Promise<unknown>} ask
   */
  async #attempt(ask) {
    this.#part("refused").textContent = "";
    try {
      await ask();
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#part("refused").textContent = error.text || gettext("The connection is down. Try again in a moment.");
      return false;
    }
  }

  async #loadOlder() {
    const button = /** @type {HTMLButtonElement} */ (this.#part("older"));
    button.setAttribute("aria-busy", "true");
    this.#part("problem").textContent = "";
    try {
      await this.#thread.loadOlder();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#part("problem").textContent = error.text || gettext("Earlier messages could not be loaded. Try again.");
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  /** Many changes in one go are drawn once. */
  #drawSoon() {
    if (this.#drawing) return;
    this.#drawing = true;
    queueMicrotask(() => {
      this.#drawing = false;
      this.#draw();
    });
  }

  #draw() {
    const { messages, drafts, more, allowed, rights } = this.#thread;
    const wasAtEnd = this.#isAtEnd();
    const fromEnd = this.#log.scrollHeight - this.#log.scrollTop;
    const isOlder = this.#oldest !== (messages[0]?.id ?? "");
    if (isOlder) this.#log.setAttribute("aria-live", "off"); // what was said earlier is not news
    this.#part("older").hidden = !more;
    this.#part("empty").hidden = messages.length + drafts.length > 0;
    this.#part("off").hidden = allowed || rights.suspended;
    this.#part("suspended").hidden = !rights.suspended;
    this.#part("export").hidden = !this.#thread.hosting;
    this.#part("attach").hidden = this.#whyNoFiles !== "";
    this.#recipient.allow(rights.private);
    this.#composer.allow(allowed);
    this.#part("form").toggleAttribute("data-private", this.#readers !== null);
    this.#list.draw(this.#rows());
    this.#oldest = messages[0]?.id ?? "";
    if (wasAtEnd) this.#scrollToEnd();
    else if (isOlder) this.#log.scrollTop = this.#log.scrollHeight - fromEnd;
    if (isOlder) requestAnimationFrame(() => this.#log.removeAttribute("aria-live"));
    this.#noteSeen();
  }

  #rows() {
    const { messages, drafts, you, hosting } = this.#thread;
    const arrived = new Set(messages.map(({ client_id }) => client_id));
    const uploads = this.#uploads.drafts.filter(({ clientId }) => !arrived.has(clientId));
    return rowsOf(messages, [...drafts, ...uploads], you, new Date(), hosting);
  }

  #toEnd() {
    this.#scrollToEnd();
    this.#noteSeen();
  }

  #scrollToEnd() {
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  /** By a person, or because the log has another height, which is not where anybody went. */
  #scrolled() {
    if (this.#log.clientHeight === this.#height) this.#stays = this.#isAtEnd();
    this.#noteSeen();
  }

  /** What is below it has grown, or the window is another: who was at the end stays there. */
  #resized() {
    this.#height = this.#log.clientHeight;
    if (this.#stays) this.#scrollToEnd();
  }

  #isAtEnd() {
    return this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < NEAR;
  }

  /** What is on screen at the end of the log has been read. */
  #noteSeen() {
    const seesEnd = this.isOpen && document.visibilityState === "visible" && this.#isAtEnd();
    if (seesEnd) this.#thread.markRead();
    const { unread } = this.#thread;
    this.#part("newer").hidden = !this.isOpen || unread === 0;
    if (unread === this.#unread) return;
    this.#unread = unread;
    this.onUnread(unread);
  }

  /** @param {string} name */
  #part(name) {
    return /** @type {HTMLElement} */ (this.#root.querySelector(`[data-chat="${name}"]`));
  }

  #templates() {
    /** @param {string} name */
    const template = (name) => /** @type {HTMLTemplateElement} */ (this.#part(name));
    return { day: template("day"), said: template("said"), note: template("note") };
  }
}

/** @param {string} text */
function shortened(text) {
  return Array.from(text).slice(0, QUOTED).join("");
}
