/** The chat's panel on a page: opens and closes, draws the thread, keeps its place while reading. */
import { gettext, interpolate } from "../lib/i18n.js";
import { Menu } from "../lib/menu.js";
import { Refusal } from "../protocol/refusal.js";
import { attachWays } from "./attaching.js";
import { Composer } from "./composer.js";
import { MessageList } from "./list.js";
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
  #menu;
  #uploads;
  #log;
  #drawing = false;
  #unread = 0;
  #oldest = "";

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
    this.#composer = new Composer(form, field, counter, context, (text) => this.#send(text));
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
    if (!this.#thread.allowed) return;
    this.#uploads.add(files);
    this.#draw();
    this.#toEnd();
  }

  #listen() {
    const searching = /** @type {HTMLInputElement} */ (this.#part("search-field"));
    const search = { form: this.#part("search"), field: searching, found: this.#part("found") };
    attachSearch(search, (text) => this.#search(text));
    const input = /** @type {HTMLInputElement} */ (this.#part("files"));
    const parts = { button: this.#part("attach"), input, field: this.#part("field"), area: this.#root };
    attachWays(parts, (files) => this.#attach(files));
    this.#thread.on("changed", () => this.#drawSoon());
    this.#thread.on("typing", (words) => (this.#part("typing").textContent = words));
    const field = /** @type {HTMLTextAreaElement} */ (this.#part("field"));
    field.addEventListener("input", () => this.#thread.typed(field.value));
    this.#log.addEventListener("scroll", () => this.#noteSeen(), { passive: true });
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
    this.#thread.send(text, replyTo);
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

  /** @param {import("./rows.js").Row} row */
  #reply({ id, name, content }) {
    const label = interpolate(gettext("Replying to %(name)s"), { name });
    this.#composer.begin({ label, done: (text) => this.#send(text, { id, name, text: shortened(content) }) });
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
      const saved = await this.#attempt(() => this.#thread.edit(row.id, content));
      if (!saved) this.#edit(row, content);
    };
    this.#composer.begin({ label: gettext("Editing your message"), text, done });
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
    const { messages, drafts, more, allowed } = this.#thread;
    const wasAtEnd = this.#isAtEnd();
    const fromEnd = this.#log.scrollHeight - this.#log.scrollTop;
    const isOlder = this.#oldest !== (messages[0]?.id ?? "");
    if (isOlder) this.#log.setAttribute("aria-live", "off"); // what was said earlier is not news
    this.#part("older").hidden = !more;
    this.#part("empty").hidden = messages.length + drafts.length > 0;
    this.#part("off").hidden = allowed;
    this.#part("export").hidden = !this.#thread.hosting;
    this.#composer.allow(allowed);
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
