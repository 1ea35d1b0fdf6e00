/** Small ways to the document. */

/**
 * The element with this id; a page without it is broken, and says so at once.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`#${id} is missing.`);
  return /** @type {T} */ (element);
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string)[]} [children]
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, attributes = {}, children = []) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/**
 * Shows a state on a button that switches: its name says what a press will do.
 * @param {HTMLElement} button
 * @param {boolean} pressed
 * @param {string} name
 * @param {boolean} [busy] whether it is not yet as it shows
 */
export function setToggle(button, pressed, name, busy = false) {
  button.setAttribute("aria-pressed", String(pressed));
  button.setAttribute("aria-busy", String(busy));
  button.setAttribute("aria-label", name);
  button.title = name;
}

/** @param {string} name */
export function initials(name) {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return letters.map((word) => Array.from(word)[0] ?? "").join("").toUpperCase();
}

/** One of a few calm colours (CSS classes hue-0 to hue-5), the same for a person everywhere. @param {string} id */
export function hueOf(id) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 997;
  return `hue-${sum % 6}`;
}

/**
 * A text with `%(name)s`, the name in an element of its own: however it is written, the words around it stay in order.
 * @param {string} text
 * @param {string} name
 * @returns {(Node | string)[]}
 */
export function withName(text, name) {
  const [before, after = ""] = text.split("%(name)s");
  return [before, make("bdi", {}, [name]), after];
}
