/** Emoji that rise over the tiles and are gone. */
import { byId, make } from "./dom.js";

const SHOWN = 3000; // milliseconds, as the animation in call.css
const AT_ONCE = 20;

/** @param {string} emoji @param {string} name who sent it */
export function flyReaction(emoji, name) {
  const area = byId("reactions");
  if (area.childElementCount >= AT_ONCE) return;
  const element = make("span", { class: "reaction" }, [
    make("span", { class: "reaction-emoji" }, [emoji]),
    make("bdi", { class: "reaction-name" }, [name]),
  ]);
  element.style.setProperty("--left", `${10 + Math.random() * 60}%`);
  area.append(element);
  setTimeout(() => element.remove(), SHOWN);
}
