/** One person's picture, or their shared screen. */
import { gettext, interpolate } from "../lib/i18n.js";
import { hueOf, initials, make } from "./dom.js";
import { Picture } from "./picture.js";

/**
 * @typedef {import("../protocol/types.js").Person} Person
 * @typedef {import("../media/link.js").Link} Link
 */

const HOSTING = new Set(["HOST", "COHOST"]);

/**
 * The tile's accessible name: the person, then what applies, in an order people can rely on.
 * @param {Person} person
 * @param {boolean} isYou
 */
export function tileName(person, isYou) {
  const parts = [person.name];
  if (isYou) parts.push(gettext("you"));
  if (!person.microphone) parts.push(gettext("muted"));
  if (HOSTING.has(person.role)) parts.push(gettext("host"));
  if (person.hand) parts.push(gettext("hand raised"));
  if (person.screen) parts.push(gettext("presenting"));
  return parts.join(", ");
}

export class Tile {
  #picture = new Picture();
  #avatar = make("span", { class: "tile-avatar", "aria-hidden": "true" });
  #name = make("span", { class: "tile-name" });
  #state = make("span", { class: "tile-state" });
  #isYou;

  /** @param {Person} person @param {boolean} isYou */
  constructor(person, isYou) {
    this.#isYou = isYou;
    this.#avatar.classList.add(hueOf(person.id));
    this.element = make("div", { class: "tile", role: "group", "data-participant": person.id }, [
      this.#picture.element,
      this.#avatar,
      this.#state,
      make("span", { class: "tile-label" }, [this.#name]),
    ]);
    this.element.classList.toggle("mirrored", isYou);
  }

  /** @param {MediaStreamTrack | null} track */
  setTrack(track) {
    this.#picture.setTrack(track);
  }

  /** @param {Person} person @param {Link | null} link */
  update(person, link) {
    const name = tileName(person, this.#isYou);
    this.element.setAttribute("aria-label", name);
    this.#name.textContent = name;
    this.element.classList.toggle("with-video", person.camera && !this.#picture.isEmpty);
    this.element.classList.toggle("muted", !person.microphone);
    this.element.classList.toggle("hand-raised", Boolean(person.hand));
    this.element.classList.toggle("in-spotlight", person.spotlight);
    this.#face(person);
    this.#state.textContent = this.#isYou ? "" : stateText(person, link);
  }

  /** @param {HTMLElement} area */
  moveTo(area) {
    if (this.element.parentElement !== area) area.append(this.element);
  }

  /** @param {boolean} speaking */
  setSpeaking(speaking) {
    this.element.classList.toggle("speaking", speaking);
  }

  /** @param {Person} person */
  #face(person) {
    if (!person.avatar) {
      this.#avatar.textContent = initials(person.name);
    } else if (!this.#avatar.querySelector("img")) {
      this.#avatar.replaceChildren(make("img", { src: person.avatar, alt: "" }));
    }
  }
}

/** A shared screen, in its own proportions. */
export class ScreenTile {
  #picture = new Picture();

  /** @param {Person} person @param {boolean} isYou */
  constructor(person, isYou) {
    const name = isYou ? gettext("Your screen") : interpolate(gettext("Screen of %(name)s"), { name: person.name });
    this.participant = person.id;
    this.element = make("div", { class: "tile screen", role: "group", "aria-label": name }, [
      this.#picture.element,
      make("span", { class: "tile-label" }, [make("span", { class: "tile-name" }, [name])]),
    ]);
  }

  /** @param {MediaStreamTrack | null} track */
  setTrack(track) {
    this.#picture.setTrack(track);
  }
}

/** @param {Person} person @param {Link | null} link */
function stateText(person, link) {
  if (!person.connected) return gettext("Reconnecting…");
  if (link === "connecting") return gettext("Connecting…");
  return link === "lost" ? gettext("Connection lost; trying again…") : "";
}
