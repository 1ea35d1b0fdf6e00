/** Draws rows into the log: what is there already stays the same node, so screen readers hear only what is new. */
import { gettext } from "../lib/i18n.js";
import { privately, withName } from "./audience.js";
import { partsOf } from "./links.js";
import { piecesOf } from "./mentions.js";
import { writeReactions } from "./reactions.js";

/**
 * @typedef {import("./rows.js").Row} Row
 * @typedef {{retry: (key: string) => void, discard: (key: string) => void, menu: (button: HTMLElement, row: Row) => void,
 *   react: (id: string, emoji: string) => void}} Actions
 */

export class MessageList {
  /** @type {Map<string, {node: HTMLElement, looks: string}>} */
  #shown = new Map();
  #container;
  #templates;
  #actions;

  /**
   * @param {HTMLElement} container
   * @param {Record<Row["kind"], HTMLTemplateElement>} templates
   * @param {Actions} actions
   */
  constructor(container, templates, actions) {
    this.#container = container;
    this.#templates = templates;
    this.#actions = actions;
  }

  /** @param {Row[]} rows */
  draw(rows) {
    const wanted = new Set(rows.map(({ key }) => key));
    for (const [key, { node }] of this.#shown) if (!wanted.has(key)) this.#drop(key, node);
    let place = this.#container.firstElementChild;
    for (const row of rows) {
      const node = this.#nodeOf(row);
      if (node === place) place = place.nextElementSibling;
      else this.#container.insertBefore(node, place);
    }
  }

  /**
   * @param {string} key
   * @param {HTMLElement} node
   */
  #drop(key, node) {
    node.remove();
    this.#shown.delete(key);
  }

  /** @param {Row} row */
  #nodeOf(row) {
    const looks = JSON.stringify(row);
    const shown = this.#shown.get(row.key);
    if (shown?.looks === looks) return shown.node;
    const node = shown?.node ?? this.#make(row);
    this.#dress(node, row);
    this.#shown.set(row.key, { node, looks });
    return node;
  }

  /** @param {Row} row */
  #make(row) {
    const node = /** @type {HTMLElement} */ (this.#templates[row.kind].content.firstElementChild?.cloneNode(true));
    if (row.kind === "day") part(node, "text").textContent = dayOf(row.at);
    else if (row.kind === "note") writeNote(part(node, "text"), row);
    else this.#writeSaid(node, row);
    return node;
  }

  /**
   * @param {HTMLElement} node
   * @param {Row} row
   */
  #writeSaid(node, row) {
    node.toggleAttribute("data-mine", row.mine);
    part(node, "name").textContent = row.mine ? gettext("You") : row.name;
    part(node, "retry").onclick = () => this.#actions.retry(row.key);
    part(node, "discard").onclick = () => this.#actions.discard(row.key);
  }

  /**
   * What may change while a message is there.
   * @param {HTMLElement} node
   * @param {Row} row
   */
  #dress(node, row) {
    if (row.kind !== "said") return;
    node.dataset.state = row.state;
    const time = /** @type {HTMLTimeElement} */ (part(node, "time"));
    time.dateTime = row.at.toISOString();
    time.textContent = timeOf(row.at);
    writeHead(node, row);
    node.toggleAttribute("data-names-you", row.ownNames.length > 0);
    writeText(part(node, "text"), row);
    writeFile(part(node, "file"), part(node, "picture"), row.file);
    part(node, "text").hidden = Boolean(row.file);
    writeQuote(part(node, "quote"), row.quote);
    writeReactions(part(node, "reactions"), row.reactions, (emoji) => this.#actions.react(row.id, emoji));
    part(node, "edited").hidden = !row.edited;
    part(node, "more").hidden = row.acts.length === 0;
    part(node, "more").onclick = () => this.#actions.menu(part(node, "more"), row);
    part(node, "sending").hidden = row.state !== "sending";
    if (row.progress) part(node, "sending").textContent = row.progress;
    part(node, "failed").hidden = row.state !== "failed";
    part(node, "problem").textContent = row.problem;
  }
}

/**
 * Who and when stand over the first of several; that one is private is said of each, if only to who listens.
 * @param {HTMLElement} node
 * @param {Row} row
 */
function writeHead(node, { first, mine, name, to }) {
  node.toggleAttribute("data-private", to !== null);
  part(node, "head").hidden = !first && !to;
  part(node, "head").classList.toggle("visually-hidden", !first);
  part(node, "name").hidden = to !== null;
  part(node, "private").hidden = !to;
  if (to) part(node, "private-words").replaceChildren(...privately({ mine, name, to }));
}

/**
 * @param {HTMLElement} element
 * @param {Row} row
 */
function writeText(element, { content, file, names, ownNames }) {
  const parts = file ? [] : partsOf(content);
  const plain = (/** @type {string} */ text) =>
    piecesOf(text, names).map((one) => (one.name ? mentionOf(one.text, ownNames.includes(one.name)) : one.text));
  element.replaceChildren(...parts.flatMap(({ text, href }) => (href ? [linkTo(href, text)] : plain(text))));
}

/**
 * @param {string} text
 * @param {boolean} own
 */
function mentionOf(text, own) {
  const mention = document.createElement(own ? "mark" : "span");
  mention.className = "chat-mention";
  mention.dir = "auto";
  mention.textContent = text;
  return mention;
}

/**
 * @param {HTMLElement} link
 * @param {HTMLElement} picture
 * @param {Row["file"]} file
 */
function writeFile(link, picture, file) {
  link.hidden = !file;
  picture.hidden = !file?.picture;
  if (!file || link.getAttribute("href") === file.url) return;
  link.setAttribute("href", file.url);
  link.setAttribute("download", file.name);
  link.textContent = `${file.name} (${Math.max(1, Math.round(file.size / 1024))} KB)`;
  if (file.picture) /** @type {HTMLImageElement} */ (picture).src = `${file.url}?inline`;
  /** @type {HTMLImageElement} */ (picture).alt = file.name;
}

/**
 * @param {HTMLElement} element
 * @param {Row["quote"]} quote
 */
function writeQuote(element, quote) {
  element.hidden = !quote;
  part(element, "quote-name").textContent = quote?.name ?? "";
  part(element, "quote-text").textContent = quote?.text ?? "";
}

/**
 * @param {string} href
 * @param {string} text
 */
function linkTo(href, text) {
  const link = document.createElement("a");
  link.href = href;
  link.rel = "noopener noreferrer nofollow";
  link.target = "_blank";
  link.dir = "ltr";
  link.textContent = text;
  return link;
}

/**
 * The direction of a name ends with it.
 * @param {HTMLElement} element
 * @param {Row} row
 */
function writeNote(element, { content, name }) {
  const sentence = content === "left" ? gettext("%(name)s left") : gettext("%(name)s joined");
  element.replaceChildren(...withName(sentence, name));
}

/**
 * @param {HTMLElement} node
 * @param {string} name
 */
function part(node, name) {
  const found = node.matches(`[data-part="${name}"]`) ? node : node.querySelector(`[data-part="${name}"]`);
  return /** @type {HTMLElement} */ (found);
}

const language = () => document.documentElement.lang || undefined;

/** @param {Date} at */
function timeOf(at) {
  return at.toLocaleTimeString(language(), { hour: "numeric", minute: "2-digit" });
}

/** @param {Date} at */
function dayOf(at) {
  return at.toLocaleDateString(language(), { weekday: "long", day: "numeric", month: "long" });
}
