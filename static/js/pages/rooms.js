// @ts-check
// Copies invite links. The answer is a toast in the page's one status region.

import { copyText, selectable } from "../lib/clipboard.js";
import { gettext } from "../lib/i18n.js";

const SHOWN = 4000; // milliseconds

/** @param {string} text */
function toast(text) {
  const status = document.querySelector(".messages");
  if (!status) return;
  const shelf = status.querySelector(".toasts") ?? status.appendChild(document.createElement("div"));
  shelf.className = "toasts";
  const words = document.createElement("p");
  words.className = "toast";
  words.textContent = text;
  shelf.replaceChildren(words);
  setTimeout(() => words.remove(), SHOWN);
}

/**
 * Shows the link after its button, selected.
 * @param {HTMLElement} button
 * @param {string} link
 */
function offer(button, link) {
  const next = button.nextElementSibling;
  const field = next instanceof HTMLInputElement ? next : selectable(link, gettext("Meeting link"));
  field.className = "input copied-link";
  button.after(field);
  field.select();
  toast(gettext("Your browser does not let us copy. The link is selected: copy it with Ctrl+C or ⌘C."));
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!(button instanceof HTMLElement)) continue;
  button.addEventListener("click", async () => {
    const link = button.dataset.copy ?? "";
    if (await copyText(link)) toast(gettext("The link was copied."));
    else offer(button, link);
  });
}
