/** Buttons that copy a link. The answer is a toast. */

import { copyText, selectable } from "./clipboard.js";
import { gettext } from "./i18n.js";
import { toast } from "./toast.js";

/**
 * Shows the link after its button, selected.
 * @param {HTMLElement} button
 * @param {string} link
 * @param {string} label
 */
function offer(button, link, label) {
  const next = button.nextElementSibling;
  const field = next instanceof HTMLInputElement ? next : selectable(link, label);
  field.className = "input copied-link";
  button.after(field);
  field.select();
  toast(gettext("Your browser does not let us copy. The link is selected: copy it with Ctrl+C or ⌘C."));
}

/** @param {string} label of the field that shows the link where nothing can be copied */
export function copyOnPress(label) {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    if (!(button instanceof HTMLElement)) continue;
    button.addEventListener("click", async () => {
      const link = button.dataset.copy ?? "";
      if (await copyText(link)) toast(gettext("The link was copied."));
      else offer(button, link, label);
    });
  }
}
