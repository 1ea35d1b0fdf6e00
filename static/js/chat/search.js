/** Finds what was said: a field, and above the log what was found. An empty field shows the log alone. */
import { gettext } from "../lib/i18n.js";
import { privately } from "./audience.js";

/** @typedef {import("./types.js").Message} Message */

/**
 * @param {{form: HTMLElement, field: HTMLInputElement, found: HTMLElement}} parts
 * @param {(text: string) => Promise<Message[] | null>} search null where it was refused
 * @param {() => string} you the participant who reads
 */
export function attachSearch({ form, field, found }, search, you) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = field.value.trim();
    const messages = text ? await search(text) : [];
    if (messages && field.value.trim() === text) show(found, messages.map((one) => lineOf(one, you())), text !== "");
  });
  field.addEventListener("input", () => {
    if (field.value === "") show(found, [], false);
  });
}

/**
 * @param {HTMLElement} found
 * @param {HTMLElement[]} lines
 * @param {boolean} asked
 */
function show(found, lines, asked) {
  found.hidden = !asked;
  const nothing = document.createElement("p");
  nothing.textContent = gettext("Nothing was found.");
  found.replaceChildren(...(lines.length > 0 ? lines : [nothing]));
}

/**
 * @param {Message} message
 * @param {string} you
 */
function lineOf({ author, to, at, content }, you) {
  const [line, name, time] = [document.createElement("p"), document.createElement("bdi"), document.createElement("time")];
  name.className = "chat-name";
  const mine = author.participant === you;
  name.replaceChildren(...(to ? privately({ mine, name: author.name, to }) : [author.name]));
  time.dateTime = at;
  time.textContent = new Date(at).toLocaleString(document.documentElement.lang || undefined, {
    dateStyle: "short",
    timeStyle: "short",
  });
  line.append(name, " ", time, document.createElement("br"), content);
  return line;
}
