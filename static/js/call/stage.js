/** The tiles: everybody's picture, and large the shared screen, or who is in the spotlight. */
import { arrange } from "./layout.js";
import { byId } from "./dom.js";
import { Sounds } from "./sounds.js";
import { ScreenTile, Tile } from "./tile.js";

/**
 * @typedef {import("../protocol/types.js").Person} Person
 * @typedef {import("../media/sources.js").Source} Source
 * @typedef {import("../media/link.js").Link} Link
 */

export class Stage {
  /** @type {Map<string, Tile>} */
  #tiles = new Map();
  /** @type {ScreenTile | null} */
  #screen = null;
  /** @type {Map<string, MediaStreamTrack>} by participant and source */
  #tracks = new Map();
  #sounds;
  /** @type {Map<string, Link>} */
  #links = new Map();
  /** @type {Person[]} */
  #people = [];
  #you = "";
  #speaker = /** @type {string | null} */ (null);
  #area = byId("tiles");
  #largeArea = byId("large-area");

  #sized;

  /**
   * @param {Object} listeners
   * @param {() => void} listeners.blocked is called when the browser does not let sound play
   * @param {(heights: Record<string, number>) => void} listeners.sized with the pixels of each picture
   */
  constructor({ blocked, sized }) {
    this.#sounds = new Sounds(blocked);
    this.#sized = sized;
    new ResizeObserver(() => this.#arrange()).observe(byId("stage"));
    document.addEventListener("visibilitychange", () => this.#arrange());
  }

  /** @param {string} you */
  start(you) {
    this.#you = you;
  }

  /** @param {Person[]} people */
  show(people) {
    this.#people = people;
    const here = new Set(people.map(({ id }) => id));
    for (const id of this.#tiles.keys()) if (!here.has(id)) this.#remove(id);
    people.forEach((person, place) => this.#showPerson(person, place));
    const presenter = people.find(({ screen }) => screen);
    this.#showScreen(presenter);
    this.#showLarge(presenter ? undefined : people.find(({ spotlight }) => spotlight));
    byId("stage").classList.toggle("presenting", this.#largeArea.childElementCount > 0);
    this.#largeArea.hidden = this.#largeArea.childElementCount === 0;
    this.#sounds.show(people);
    byId("alone").hidden = people.length > 1;
    this.#arrange();
  }

  /**
   * @param {string} participant
   * @param {Source} source
   * @param {MediaStreamTrack | null} track
   */
  setTrack(participant, source, track) {
    const key = `${participant} ${source}`;
    if (track) this.#tracks.set(key, track);
    else this.#tracks.delete(key);
    const isSound = source === "microphone" || source === "screen-audio";
    if (isSound && participant !== this.#you) this.#sounds.setTrack(participant, source, track);
    this.show(this.#people);
  }

  /** @param {string} participant @param {Link} link */
  setLink(participant, link) {
    this.#links.set(participant, link);
    const person = this.#people.find(({ id }) => id === participant);
    if (person) this.#tiles.get(participant)?.update(person, link);
  }

  /** @param {string | null} speaker */
  setSpeaker(speaker) {
    this.#speaker = speaker;
    for (const [id, tile] of this.#tiles) tile.setSpeaking(id === speaker);
  }

  /** @param {string} device id of a loudspeaker, "" for the default */
  setSpeakerDevice(device) {
    this.#sounds.setDevice(device);
  }

  /** After the person has allowed it by a press. */
  playAll() {
    this.#sounds.playAll();
  }

  clear() {
    this.show([]);
    this.#tracks.clear();
  }

  /** @param {Person} person @param {number} place among all */
  #showPerson(person, place) {
    const isYou = person.id === this.#you;
    let tile = this.#tiles.get(person.id);
    if (!tile) {
      tile = new Tile(person, isYou);
      this.#tiles.set(person.id, tile);
    }
    tile.setTrack(person.camera ? (this.#tracks.get(`${person.id} camera`) ?? null) : null);
    tile.update(person, this.#links.get(person.id) ?? null);
    tile.element.style.order = String(person.spotlight ? -1 : place);
    tile.setSpeaking(person.id === this.#speaker);
  }

  /** @param {Person | undefined} presenter */
  #showScreen(presenter) {
    if (this.#screen && this.#screen.participant !== presenter?.id) {
      this.#screen.element.remove();
      this.#screen = null;
    }
    if (presenter && !this.#screen) {
      this.#screen = new ScreenTile(presenter, presenter.id === this.#you);
      this.#largeArea.append(this.#screen.element);
    }
    if (presenter) this.#screen?.setTrack(this.#tracks.get(`${presenter.id} screen`) ?? null);
  }

  /** @param {Person | undefined} person whose tile is the large one; all others are among the tiles */
  #showLarge(person) {
    for (const [id, tile] of this.#tiles) tile.moveTo(id === person?.id ? this.#largeArea : this.#area);
  }

  /** @param {string} id */
  #remove(id) {
    this.#tiles.get(id)?.element.remove();
    this.#tiles.delete(id);
    this.#links.delete(id);
    for (const key of [...this.#tracks.keys()]) if (key.startsWith(`${id} `)) this.#tracks.delete(key);
    this.#sounds.remove(id);
  }

  #arrange() {
    this.#area.hidden = this.#area.childElementCount === 0;
    const { width, height } = this.#area.getBoundingClientRect();
    const count = this.#area.childElementCount;
    if (width && count) {
      const tile = arrange(count, width, height);
      this.#area.style.setProperty("--tile-width", `${tile.width}px`);
      this.#area.style.setProperty("--tile-height", `${tile.height}px`);
    }
    this.#sized(document.hidden ? {} : this.#heights());
  }

  #heights() {
    const heights = new Map([...this.#tiles].map(([id, tile]) => [`${id}/camera`, drawnHeight(tile.element)]));
    heights.delete(`${this.#you}/camera`);
    if (this.#screen && this.#screen.participant !== this.#you)
      heights.set(`${this.#screen.participant}/screen`, drawnHeight(this.#screen.element));
    return Object.fromEntries(heights);
  }
}

/** @param {HTMLElement} tile @returns {number} of the screen's own pixels */
function drawnHeight(tile) {
  return Math.round(tile.clientHeight * devicePixelRatio);
}
