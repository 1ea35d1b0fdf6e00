/** Short notices in the page's one status region. */
import { device } from "../lib/storage.js";
import { byId, make } from "./dom.js";

const SHOWN = 5000; // milliseconds
const KEY = "meet.notices";

let wanted = device.get(KEY) !== false;

export function noticesWanted() {
  return wanted;
}

/** @param {boolean} on */
export function wantNotices(on) {
  wanted = on;
  device.set(KEY, on);
}

/**
 * Something that happened to others; people may switch these off.
 * @param {string} text
 */
export function notice(text) {
  if (wanted) toast(text);
}

/**
 * Something that concerns what this person did; always shown.
 * @param {string} text
 * @param {{label: string, press: () => void}} [action]
 */
export function toast(text, action) {
  const element = make("div", { class: "toast" }, [make("span", {}, [text])]);
  if (action) {
    const button = make("button", { type: "button", class: "button" }, [action.label]);
    button.onclick = () => {
      element.remove();
      action.press();
    };
    element.append(button);
  }
  byId("toasts").append(element);
  if (!action) setTimeout(() => element.remove(), SHOWN);
}
