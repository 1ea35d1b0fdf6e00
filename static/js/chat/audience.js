/** How it is said that a message is for one person alone. */
import { gettext } from "../lib/i18n.js";

/**
 * "Private: you to Gina" or "Private: from Alice", with the direction of the name ending with it.
 * @param {{mine: boolean, name: string, to: {name: string}}} message `name` of the author
 */
export function privately({ mine, name, to }) {
  return withName(mine ? gettext("Private: you to %(name)s") : gettext("Private: from %(name)s"), mine ? to.name : name);
}

/**
 * @param {string} sentence with %(name)s
 * @param {string} name
 * @returns {(string | Node)[]}
 */
export function withName(sentence, name) {
  const isolated = document.createElement("bdi");
  isolated.textContent = name;
  const [before, after] = sentence.split("%(name)s");
  return [before, isolated, after];
}
