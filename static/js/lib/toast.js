/** Short answers in the status region that every page has. */

const SHOWN = 4000; // milliseconds

/** @param {string} text */
export function toast(text) {
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
