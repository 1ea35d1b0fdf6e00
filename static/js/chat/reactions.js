/** The reactions below a message: how many, by whom, and whether one's own is among them. */
import { gettext, interpolate } from "../lib/i18n.js";

/** @typedef {import("./rows.js").Row["reactions"]} Reactions */

/**
 * @param {HTMLElement} element
 * @param {Reactions} reactions
 * @param {(emoji: string) => void} toggle
 */
export function writeReactions(element, reactions, toggle) {
  const focused = /** @type {HTMLElement | null} */ (element.querySelector(":focus"))?.dataset.emoji;
  element.hidden = reactions.length === 0;
  element.replaceChildren(...reactions.map((one) => buttonFor(one, toggle)));
  if (focused) /** @type {HTMLElement | null} */ (element.querySelector(`[data-emoji="${focused}"]`))?.focus();
}

/**
 * @param {Reactions[number]} reaction
 * @param {(emoji: string) => void} toggle
 */
function buttonFor({ emoji, count, names, mine }, toggle) {
  const button = document.createElement("button");
  const label = interpolate(gettext("%(emoji)s by %(names)s"), { emoji, names });
  button.type = "button";
  button.className = "chat-reaction";
  button.dataset.emoji = emoji;
  button.title = label;
  button.setAttribute("aria-label", label);
  button.setAttribute("aria-pressed", String(mine));
  button.textContent = `${emoji} ${count}`;
  button.onclick = () => toggle(emoji);
  return button;
}
