/** Finds what was said: a field, and above the log what was found. An empty field shows the log alone. */
import { gettext } from "../lib/i18n.js";

/** @typedef {import("./types.js").Message} Message */

/**
 * @param {{form: HTMLElement, field: HTMLInputElement, found: HTMLElement}} parts
 * @param {(text: string) => Promise<Message[] | null>} search null where it was refused
 */
export function attachSearch({ form, field, found }, search) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = field.value.trim();
    const messages = text ? await search(text) : [];
    if (messages && field.value.trim() === text) show(found, messages, text !== "");
  });
  field.addEventListener("input", () => {
    if (field.value === "") show(found, [], false);
  });
}

/**
 * @param {HTMLElement} found
 * @param {Message[]} messages
 * @param {boolean} asked
 */
function show(found, messages, asked) {
  found.hidden = !asked;
  const nothing = document.createElement("p");
  nothing.textContent = gettext("Nothing was found.");
  found.replaceChildren(...(messages.length > 0 ? messages.map(lineOf) : [nothing]));
}

/** @param {Message} message */
function lineOf({ author, at, content }) {
  const [line, name, time] = [document.createElement("p"), document.createElement("bdi"), document.createElement("time")];
  name.className = "chat-name";
  name.textContent = author.name;
  time.dateTime = at;
  time.textContent = new Date(at).toLocaleString(document.documentElement.lang || undefined, {
    dateStyle: "short",
    timeStyle: "short",
  });
  line.append(name, " ", time, document.createElement("br"), content);
  return line;
}
